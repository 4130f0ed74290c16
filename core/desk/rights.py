"""What a person may do on the desk: named predicates of the user, and no to everything that nobody said yes to.

A predicate is a function of the user, or a right over rows (`RowRight`): then lists, records, choices and acts are
narrowed to the rows that it covers, without a word of the page.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any, ClassVar, Protocol, runtime_checkable

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from core.desk.typed_admin import PlainAdmin

Predicate = Callable[[Any], bool]


@runtime_checkable
class RowRight(Protocol):
    """A predicate that knows which rows it covers."""

    def __call__(self, user: Any, row: Any = None) -> bool:  # noqa: ANN401 - any user model, any row
        """Whether the user may do it with this row; without a row, with any row at all."""

    def among(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - any user model
        """Those of `rows` with which the user may do it."""

    def narrows(self, model: type[Model]) -> bool:
        """Whether it tells rows of this model apart."""


def covers(rule: Predicate, user: Any, row: Model | None) -> bool:  # noqa: ANN401 - any user model
    """Whether the user may do it with this row. A predicate of the user alone holds for all rows alike."""
    return rule(user, row) if isinstance(rule, RowRight) else rule(user)


def choices_within(rule: Predicate, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - any user model
    """Those of `rows` that the user may choose; all of them where the rule does not tell them apart."""
    return rule.among(user, rows) if isinstance(rule, RowRight) and rule.narrows(rows.model) else rows


def nobody(_user: object) -> bool:
    """The answer where no predicate was given."""
    return False


class Rights(PlainAdmin):
    """Asks `may_view`, `may_add` and `may_change`; nothing is ever deleted, whoever asks."""

    may_view: ClassVar["staticmethod[[Any], bool]"] = staticmethod(nobody)
    may_add: ClassVar["staticmethod[[Any], bool]"] = staticmethod(nobody)
    may_change: ClassVar["staticmethod[[Any], bool]"] = staticmethod(nobody)
    # Fields that name a row without acting on it, such as a place outside: every row is offered.
    offers_all: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        bare = [
            name for name, value in vars(cls).items() if name.startswith("may_") and isinstance(value, FunctionType)
        ]
        if bare:
            raise TypeError(f"{cls.__qualname__}: {', '.join(bare)} must be given as staticmethod(predicate)")

    def _holds(self, predicate: str, request: HttpRequest, row: Model | None = None) -> bool:
        rule: Predicate = getattr(self, predicate)
        return covers(rule, request.user, row)

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - any user model
        """The rows that `may_view` covers; all of them where it is a predicate of the user alone.

        Raises LookupError where a right over rows does not know this model: unknown is no.
        """
        rule = self.may_view
        return rule.among(user, rows) if isinstance(rule, RowRight) else rows

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:  # noqa: ANN401 - Django's
        """Offer only those rows that this person may add or change something for."""
        rule: Predicate = self.may_change if self.may_add is nobody else self.may_add
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        # Afterwards: the app of the other model may have a field of its own that knows which rows it offers.
        rows = field.queryset if field is not None else None
        if field is not None and rows is not None and db_field.name not in self.offers_all:
            field.queryset = choices_within(rule, request.user, rows)
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that this person sees."""
        return self.rows_for(request.user, super().get_queryset(request))

    def _get_obj_does_not_exist_redirect(self, _request: HttpRequest, _opts: object, _object_id: str) -> HttpResponse:
        """Answer 404 for a row that is not there or out of reach: the admin would lead to the start page and say so.

        Django has no public hook for this; `tests/core/desk/test_rights.py` notices when it goes.
        """
        raise Http404

    def has_view_permission(self, request: HttpRequest, _obj: Model | None = None) -> bool:
        """Who may change sees, too."""
        return self._holds("may_view", request) or self._holds("may_change", request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """As `may_add` says."""
        return self._holds("may_add", request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As `may_change` says of this row."""
        return self._holds("may_change", request, obj)

    def has_delete_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        """Never: records end, they are not deleted."""
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the page can be opened at all."""
        return self.has_view_permission(request) or self.has_add_permission(request)
