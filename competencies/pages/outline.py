"""A tree as the flat sequence of steps that the template walks: one loop, however deep the tree."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from html import escape
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from competencies.formats.markup import html_of, line_of
from competencies.models import Framework
from competencies.pages.folding import ITEMS_SHOWN, MAX_STATEMENT_BYTES, Windows
from competencies.pages.language import language_attributes
from competencies.queries import FrameworkTree, Statement
from competencies.rules.tree import TreeNode

# A framework with no more items than this is shown with all branches open.
SHOWN_OPEN = 60
OPEN_LEVELS = 2


class Turn(StrEnum):
    """What the template does at a step."""

    BRANCH = "branch"
    LEAF = "leaf"
    FOLDED = "folded"
    AGAIN = "again"
    EARLIER = "earlier"
    PART = "part"
    LATER = "later"
    END = "end"


@dataclass(frozen=True)
class Part:
    """A part of a long list: its first and last place, counted from 1, of `length`; `url` shows it.

    `id` is the anchor of the link that loads the part, and then of the line that stands in its place: htmx leaves the
    keyboard where this id is.
    """

    id: str
    first: int
    last: int
    length: int
    url: str


@dataclass(frozen=True)
class Step:
    """One turn; `statement` is None at the end of a branch and at parts of a long list.

    `url` leads to the competency's own page, for a folded branch to the page of the branch, and for an item that is
    shown again to its first place. `loaded` marks the branch that was loaded into an open page.
    """

    turn: Turn
    statement: Statement | None = None
    count: int = 0
    opened: bool = False
    found: bool = False
    brief: bool = False
    loaded: bool = False
    url: str = ""
    part: Part | None = None

    @property
    def id(self) -> str:
        """The anchor: the competency's public id."""
        return str(self._shown.row.public_id)

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
        """Whether a branch shows its statement too: the line does not say all of it, and there is room."""
        return not self.cut and str(self.html) != f"<p>{escape(self.line)}</p>"

    @property
    def cut(self) -> bool:
        """Whether the statement is too long for a tree of many items; the line stands in for it."""
        return self.brief and len(self.html.encode()) > MAX_STATEMENT_BYTES

    @property
    def speech(self) -> SafeString:
        return language_attributes(self._shown.language)

    @property
    def _shown(self) -> Statement:
        if self.statement is None:
            raise AttributeError("the end of a branch says nothing")
        return self.statement


@dataclass(frozen=True)
class Outline:
    """What the steps of a page are made of.

    `windows` says which lists are shown, `found` and `opened` which branches stand open, `brief` whether long
    statements are cut.
    """

    tree: FrameworkTree
    statements: Mapping[int, Statement]
    windows: Windows
    found: frozenset[int] = frozenset()
    opened: frozenset[int] = frozenset()
    brief: bool = False

    def steps(self, nodes: Sequence[TreeNode[int]], *, below: int | None, loaded: bool = False) -> Iterator[Step]:
        """The steps of the list `nodes`, which hangs below the key `below`.

        With `loaded` the list goes on in a page that shows the part before it.
        """
        window = self.windows[below]
        cut = len(window) < len(nodes)
        if window.start and not loaded:
            yield Step(Turn.EARLIER, part=self._part(below, max(0, window.start - ITEMS_SHOWN), window.start, nodes))
        if cut and loaded:
            yield Step(Turn.PART, part=self._part(below, window.start, window.stop, nodes))
        for node in nodes[window.start : window.stop]:
            yield from self._node(node)
        if window.stop < len(nodes):
            stop = min(window.stop + ITEMS_SHOWN, len(nodes))
            yield Step(Turn.LATER, part=self._part(below, window.stop, stop, nodes))

    def branch(self, node: TreeNode[int]) -> Iterator[Step]:
        """The steps of one branch with its own line, open, to be loaded into the place of the folded one."""
        yield replace(self._step(Turn.BRANCH, node, opened=True), loaded=True)
        yield from self.steps(node.children, below=node.key)
        yield Step(Turn.END)

    def _node(self, node: TreeNode[int]) -> Iterator[Step]:
        if node.repeated:
            yield self._step(Turn.AGAIN, node)
        elif not node.children:
            yield self._step(Turn.LEAF, node)
        elif node.key not in self.windows:
            yield self._step(Turn.FOLDED, node)
        else:
            yield self._step(Turn.BRANCH, node, opened=self._is_open(node))
            yield from self.steps(node.children, below=node.key)
            yield Step(Turn.END)

    def _is_open(self, node: TreeNode[int]) -> bool:
        """Whether a branch that was sent is open: near the top, over what was found, and where `opened` asks.

        In a folded tree all that was sent is meant to be seen.
        """
        few = self.tree.item_count <= SHOWN_OPEN
        return self.brief or few or bool(self.found) or node.depth < OPEN_LEVELS - 1 or node.key in self.opened

    def _step(self, turn: Turn, node: TreeNode[int], *, opened: bool = False) -> Step:
        statement = self.statements[node.key]
        name = statement.row.public_id
        url = str(statement.row.get_absolute_url())
        if turn is Turn.FOLDED:
            url = branch_url(self.tree.framework, name)
        elif turn is Turn.AGAIN:
            # The first place may be folded, unless the whole tree is on this page.
            url = f"{self.tree.framework.get_absolute_url()}?open={name}#{name}" if self.brief else f"#{name}"
        found = node.key in self.found
        return Step(turn, statement, len(node.children), opened, found=found, brief=self.brief, url=url)

    def _part(self, below: int | None, start: int, stop: int, nodes: Sequence[TreeNode[int]]) -> Part:
        name = self.tree.framework.public_id if below is None else self.statements[below].row.public_id
        place = self.tree.framework.get_absolute_url() if below is None else branch_url(self.tree.framework, name)
        return Part(f"part-{name}-{start}", start + 1, stop, len(nodes), f"{place}?from={start}" if start else place)


def branch_url(framework: Framework, public_id: UUID) -> str:
    """The page of one branch."""
    return reverse("competencies:branch", args=[framework.public_id, public_id])
