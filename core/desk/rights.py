"""What a person may do on the desk: named predicates of the user, and no to everything that nobody said yes to."""

from collections.abc import Callable
from types import FunctionType
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from core.desk.typed_admin import PlainAdmin

Predicate = Callable[[Any], bool]


def nobody(_user: object) -> bool:
    """The answer where no predicate was given."""
    return False


class Rights(PlainAdmin):
    """Asks `may_view`, `may_add` and `may_change`; nothing is ever deleted, whoever asks."""

    may_view: ClassVar["staticmethod[[Any], bool]"] = staticmethod(nobody)
    may_add: ClassVar["staticmethod[[Any], bool]"] = staticmethod(nobody)
    may_change: ClassVar["staticmethod[[Any], bool]"] = staticmethod(nobody)

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        bare = [
            name for name, value in vars(cls).items() if name.startswith("may_") and isinstance(value, FunctionType)
        ]
        if bare:
            raise TypeError(f"{cls.__qualname__}: {', '.join(bare)} must be given as staticmethod(predicate)")

    def _holds(self, predicate: str, request: HttpRequest) -> bool:
        rule: Predicate = getattr(self, predicate)
        return rule(request.user)

    def rows_for(self, _user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - any user model
        """The rows that this person sees; all of them unless a subclass narrows."""
        return rows

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that this person sees."""
        return self.rows_for(request.user, super().get_queryset(request))

    def has_view_permission(self, request: HttpRequest, _obj: Model | None = None) -> bool:
        """Who may change sees, too."""
        return self._holds("may_view", request) or self._holds("may_change", request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """As `may_add` says."""
        return self._holds("may_add", request)

    def has_change_permission(self, request: HttpRequest, _obj: Model | None = None) -> bool:
        """As `may_change` says."""
        return self._holds("may_change", request)

    def has_delete_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        """Never: records end, they are not deleted."""
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the page can be opened at all."""
        return self.has_view_permission(request) or self.has_add_permission(request)
