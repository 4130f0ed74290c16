"""Rows that belong to a record, shown with it and changed by verbs, never in place."""

from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest

from core.desk.cells import keys_among
from core.desk.field_labels import labels_for
from core.desk.typed_admin import PlainAdmin, PlainInline

if TYPE_CHECKING:
    PlainFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    PlainFormSet = BaseInlineFormSet


class ShownRows(PlainFormSet):
    """A formset that asks nothing: a form sent back holds nothing of it, and there is nothing to be wrong or saved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, **kwargs)
        # Asked for by the admin, which would have made them while saving.
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []

    def is_valid(self) -> bool:
        """Always: nothing was sent."""
        return True


class DeskInline(PlainInline):
    """One table of a record's page."""

    extra = 0
    can_delete = False
    formset = ShownRows
    template = "desk/inline.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows, with the records that their columns name."""
        rows = super().get_queryset(request)
        keys = keys_among(self.model, self.fields or ())
        return rows.select_related(*keys) if keys else rows

    def get_formset(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> Any:  # noqa: ANN401 - Django's
        """The formset, with a label for each column."""
        return super().get_formset(request, obj, labels=labels_for(self.model), **kwargs)

    def has_view_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        """Whoever sees the record sees its rows."""
        return True

    def has_add_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        """Never: verbs add rows."""
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        """Never: verbs change rows."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        """Never: records end, they are not deleted."""
        return False


class ShownInlines(PlainAdmin):
    """Makes the formsets of inlines from the database, never from what was sent."""

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:  # noqa: ANN401
        """Django's arguments without what was sent."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        return {name: value for name, value in kwargs.items() if name not in {"data", "files", "save_as_new"}}
