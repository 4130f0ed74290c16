"""The cells of a list and the lines of a record as plain values, so that one template serves tables and phones."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.contrib.admin.utils import display_for_field, display_for_value, label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import DateField, DateTimeField, Field, ForeignKey, Model
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.text.letters import printable, printable_lines

NOTHING = "—"


@dataclass(frozen=True)
class Cell:
    """One value; `url` leads to the record, on the cell that names the row. `flag` is set for yes and no.

    A `day` stays on one line.
    """

    label: str
    value: str | SafeString
    url: str = ""
    flag: bool | None = None
    day: bool = False


@dataclass(frozen=True)
class ListRow:
    """One record of a list."""

    record: Model
    cells: list[Cell]


def keys_among(model: type[Model], columns: Iterable[Any]) -> list[str]:
    """Those of `columns` that name another record: they are read together with their rows, not one by one."""
    keys = {field.name for field in model._meta.concrete_fields if field.is_relation}
    return [column for column in columns if column in keys]


def labels_of(admin: Any, columns: list[str]) -> list[str]:  # noqa: ANN401 - a ModelAdmin
    """The heads of the columns."""
    return [_capitalized(label_for_field(column, admin.model, admin)) for column in columns]


def rows_of(changelist: Any) -> Iterator[ListRow]:  # noqa: ANN401 - a ChangeList
    """The rows of the page that `changelist` shows; the first column, or those in list_display_links, leads on."""
    admin = changelist.model_admin
    columns = [column for column in changelist.list_display if column != "action_checkbox"]
    labels = labels_of(admin, columns)
    linked = set(changelist.list_display_links or columns[:1])
    fields = {field.name: field for field in admin.model._meta.concrete_fields}
    for record in changelist.result_list:
        url = changelist.url_for_result(record)
        yield ListRow(
            record,
            [
                _cell(record, admin, label, url if column in linked else "", _found(record, column, admin, fields))
                for column, label in zip(columns, labels, strict=True)
            ],
        )


# A column's field or None, what names its empty value, and its value.
Found: TypeAlias = tuple["Field[Any, Any] | None", Any, Any]


def _found(record: Model, column: str, admin: Any, fields: "Mapping[str, Field[Any, Any]]") -> "Found | None":  # noqa: ANN401
    """What `lookup_field` says, without its search through the model for columns that are plain fields."""
    try:
        if column in fields:
            return fields[column], None, getattr(record, column)
        return lookup_field(column, record, admin)
    except ObjectDoesNotExist:
        return None


def cell_of(  # noqa: PLR0913 - what and where, the rest by name
    record: Model,
    column: str,
    admin: Any,  # noqa: ANN401 - a ModelAdmin
    label: str,
    url: str = "",
    *,
    related: bool = False,
) -> Cell:
    """What `record` has in `column`: a field, a method of the admin class or of the model.

    With `related` a key leads to the page of the record that it names, where the desk has one.
    """
    return _cell(record, admin, label, url, _found(record, column, admin, {}), related=related)


def _cell(  # noqa: PLR0913 - as above
    record: Model,
    admin: Any,  # noqa: ANN401 - a ModelAdmin
    label: str,
    url: str,
    found: "Found | None",
    *,
    related: bool = False,
) -> Cell:
    if found is None:
        return Cell(label, NOTHING, url)
    field, attribute, value = found
    empty = getattr(attribute, "empty_value_display", NOTHING)
    if isinstance(value, bool) and (field is not None or getattr(attribute, "boolean", False)):
        return Cell(label, _("yes") if value else _("no"), url, flag=value)
    if related and isinstance(field, ForeignKey) and value is not None:
        url = _page_of(admin, getattr(record, field.name))
    day = isinstance(field, DateField) and not isinstance(field, DateTimeField)
    return Cell(label, _words(record, field, value, empty), url, day=day)


def _page_of(admin: Any, record: Model) -> str:  # noqa: ANN401 - a ModelAdmin
    if not admin.admin_site.is_registered(type(record)):
        return ""
    return reverse(
        f"{admin.admin_site.name}:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk]
    )


def _words(record: Model, field: "Field[Any, Any] | None", value: Any, empty: str) -> str:  # noqa: ANN401 - any column
    if value in (None, ""):
        return empty
    if isinstance(field, ForeignKey):
        return printable(str(getattr(record, field.name)))
    if field is not None:
        return printable_lines(str(display_for_field(value, field, empty)))
    return value if isinstance(value, SafeString) else printable_lines(str(display_for_value(value, empty)))


def _capitalized(label: Any) -> str:  # noqa: ANN401 - text, or a pair for callables
    words = str(label)
    return words[:1].upper() + words[1:]
