"""A tree as the flat sequence of steps that the template walks: one loop, however deep the tree."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from html import escape

from django.utils.safestring import SafeString, mark_safe

from competencies.formats.markup import html_of, line_of
from competencies.pages.speech import speech
from competencies.queries import FrameworkTree, Statement
from competencies.rules.tree import Limb

# A framework with no more items than this is shown with all branches open.
SHOWN_OPEN = 60
OPEN_LEVELS = 2


class Turn(StrEnum):
    """What the template does at a step."""

    BRANCH = "branch"
    LEAF = "leaf"
    AGAIN = "again"
    END = "end"


@dataclass(frozen=True)
class Step:
    """One turn; `statement` is None at the end of a branch."""

    turn: Turn
    statement: Statement | None = None
    count: int = 0
    opened: bool = False
    found: bool = False

    @property
    def id(self) -> str:
        """The anchor: the competency's public id."""
        return str(self._shown.row.public_id)

    @property
    def url(self) -> str:
        """The competency's own page."""
        return str(self._shown.row.get_absolute_url())

    @property
    def code(self) -> str:
        return str(self._shown.row.code or self._shown.row.enumeration)

    @property
    def kind(self) -> str:
        return str(self._shown.row.item_type)

    @property
    def short(self) -> str:
        """The short statement where there is one in the same language, and it is not the statement itself."""
        return line_of(self._shown.short) if self._shown.short != self._shown.text else ""

    @property
    def line(self) -> str:
        """What names a branch: its short statement, else the beginning of the statement as plain text."""
        return self.short or line_of(self._shown.text)

    @property
    def html(self) -> SafeString:
        """The statement with its markup, sanitised."""
        return mark_safe(html_of(self._shown.text))  # noqa: S308 - html_of lets nothing but an allow-list through

    @property
    def longer(self) -> bool:
        """Whether the line does not say all that the statement says."""
        return str(self.html) != f"<p>{escape(self.line)}</p>"

    @property
    def speech(self) -> SafeString:
        return speech(self._shown.language)

    @property
    def _shown(self) -> Statement:
        if self.statement is None:
            raise AttributeError("the end of a branch says nothing")
        return self.statement


def outline_of(
    tree: FrameworkTree,
    forest: Iterable[Limb[int]],
    *,
    found: frozenset[int] = frozenset(),
    opened: frozenset[int] = frozenset(),
) -> Iterator[Step]:
    """The steps of `forest`; branches are open near the top, over what was found, and where `opened` asks."""
    everything = bool(found) or tree.item_count <= SHOWN_OPEN
    for limb in forest:
        statement = tree.statements[limb.key]
        if limb.repeated:
            yield Step(Turn.AGAIN, statement)
        elif not limb.limbs:
            yield Step(Turn.LEAF, statement, found=limb.key in found)
        else:
            is_open = everything or limb.depth < OPEN_LEVELS - 1 or limb.key in opened
            yield Step(Turn.BRANCH, statement, len(limb.limbs), is_open, found=limb.key in found)
            yield from outline_of(tree, limb.limbs, found=found, opened=opened)
            yield Step(Turn.END)
