"""What the desk's templates ask for: a read-only field as a plain value, and how a filter stands."""

from typing import Any

from django import template

from core.desk.cells import Cell, cell_of
from core.desk.markup import cell_html, rows_html
from core.text.letters import printable

register = template.Library()
register.filter(cell_html)
register.filter(rows_html)


@register.filter
def value(line: Any) -> Cell:  # noqa: ANN401 - the admin's AdminReadonlyField
    """The value of a read-only field, linked to its record where the desk has a page for it."""
    label = str(line.field["label"])
    return cell_of(
        line.form.instance, line.field["field"], line.model_admin, label[:1].upper() + label[1:], related=True
    )


@register.filter
def heading(record: object) -> str:
    """What a record is called on its pages: its `heading`, where its model has one."""
    return printable(str(getattr(record, "heading", record)))


@register.simple_tag
def choices(spec: Any, changelist: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a list filter, a ChangeList
    """The choices of a filter."""
    return list(spec.choices(changelist))


@register.filter
def chosen(offered: list[dict[str, Any]]) -> str:
    """The name of the choice in force, unless it is the one that leaves all in."""
    return next((str(choice["display"]) for choice in offered[1:] if choice["selected"]), "")
