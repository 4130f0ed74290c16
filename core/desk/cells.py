"""The cells of a list and the lines of a record as plain values, so that one template serves tables and phones."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from django.contrib.admin.utils import display_for_field, display_for_value, label_for_field, lookup_field
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import DateField, DateTimeField, Field, ForeignKey, Model
from django.urls import reverse
from django.utils.formats import date_format, localize
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.desk.field_labels import column_label
from core.text.letters import printable, printable_lines

NOTHING = "—"


class Cell(NamedTuple):
    """One value; `url` leads to the record, on the cell that names the row. `flag` is set for yes and no.

    A `day` stays on one line. A tuple and no dataclass: a page makes 400 of them.
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
    return [
        _capitalized(column_label(column, admin.model) or label_for_field(column, admin.model, admin))
        for column in columns
    ]


def columns_of(changelist: Any) -> list[str]:  # noqa: ANN401 - a ChangeList
    """The columns that the list shows, without the admin's boxes for selecting rows."""
    return [column for column in changelist.list_display if column != "action_checkbox"]


def rows_of(changelist: Any, labels: Sequence[str]) -> Iterator[ListRow]:  # noqa: ANN401 - a ChangeList
    """The rows of the page that `changelist` shows, under the `labels` of its columns.

    The first column, or those in list_display_links, link to the record.
    """
    admin = changelist.model_admin
    columns = columns_of(changelist)
    linked = set(changelist.list_display_links or columns[:1])
    readers = [_reader_of(column, admin) for column in columns]
    cells = [(label, column in linked, reader) for column, label, reader in zip(columns, labels, readers, strict=True)]
    for record in changelist.result_list:
        url = changelist.url_for_result(record)
        yield ListRow(
            record,
            [
                _cell(record, admin, label, url if links else "", _read(reader, record))
                for label, links, reader in cells
            ],
        )


# A column's field or None, what names its empty value, and its value.
ColumnValue: TypeAlias = tuple["Field[Any, Any] | None", Any, Any]
Reader: TypeAlias = Callable[[Any], ColumnValue]


def _reader_of(column: str, admin: Any) -> Reader:  # noqa: ANN401 - a ModelAdmin
    """What `lookup_field` answers for each record, with its search through the model done once for the list."""
    model = admin.model
    field = next((field for field in model._meta.concrete_fields if field.name == column), None)
    if field is not None:
        return lambda record: (field, None, getattr(record, column))
    if hasattr(admin, column) and column != "__str__" and not _is_relation(model, column):
        method = getattr(admin, column)
        return lambda record: (None, method, method(record))
    return lambda record: lookup_field(column, record, admin)


def _is_relation(model: type[Model], name: str) -> bool:
    """Whether the model has a field of this name that is no column of its own; it hides the admin's method."""
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def _read(reader: Reader, record: Model) -> "ColumnValue | None":
    try:
        return reader(record)
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
    return _cell(record, admin, label, url, _read(_reader_of(column, admin), record), related=related)


def _cell(  # noqa: PLR0913 - as above
    record: Model,
    admin: Any,  # noqa: ANN401 - a ModelAdmin
    label: str,
    url: str,
    found: "ColumnValue | None",
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
    if type(value) is date and isinstance(field, DateField):
        return _day(value, get_language())
    if isinstance(value, datetime):
        return instant(value)
    if field is not None:
        return printable_lines(str(display_for_field(value, field, empty)))
    return value if isinstance(value, SafeString) else printable_lines(str(display_for_value(value, empty)))


# Key: the day and the language that it is written in. Valid for the life of the process: formats of dates come with the
# release. The bound is several pages of lists with two dates in a row.
@lru_cache(maxsize=1024)
def _day(day: date, _language: str | None) -> str:
    return printable_lines(localize(day))


def instant(moment: datetime) -> str:
    """A date and a time of day, with the zone that the page is made in."""
    local = localtime(moment)
    return f"{date_format(local, 'DATETIME_FORMAT')} {local:%Z}"


def _capitalized(label: Any) -> str:  # noqa: ANN401 - text, or a pair for callables
    words = str(label)
    return words[:1].upper() + words[1:]
