"""The HTML of a list's rows and of single values, written without the template engine.

A list of 50 rows has some 400 cells. As templates, with an include each, they took a third of the page's time.
"""

from collections.abc import Iterable

from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from core.desk.cells import Cell, ListRow


def cell_html(cell: Cell) -> SafeString:
    """One value; yes and no are said in words beside their sign. Everything that is not marked as safe is escaped."""
    value = conditional_escape(cell.value)
    if cell.url:
        html = f'<a href="{conditional_escape(cell.url)}">{value}</a>'
    elif cell.flag is not None:
        kind, icon = ("good", "check") if cell.flag else ("", "cross")
        html = render_to_string("ui/badge.html", {"label": cell.value, "kind": kind, "icon": icon})
    elif cell.day:
        html = f'<span class="desk-day">{value}</span>'
    else:
        html = linebreaksbr(cell.value) if "\n" in cell.value or "\r" in cell.value else value
    return mark_safe(f"\n{html}\n")  # noqa: S308 - put together from escaped parts


def rows_html(rows: Iterable[ListRow]) -> SafeString:
    """The rows of a list; the first cell of each is its head."""
    return mark_safe("".join(map(_row_html, rows)))  # noqa: S308 - as above


def _row_html(row: ListRow) -> str:
    first, *others = row.cells
    cells = [f'\n                <th scope="row" role="rowheader">{cell_html(first)}</th>\n              ']
    cells += [
        f'\n                <td role="cell" data-label="{conditional_escape(cell.label)}">{cell_html(cell)}</td>'
        "\n              "
        for cell in others
    ]
    return f'\n            <tr role="row">\n              {"".join(cells)}\n            </tr>\n          '
