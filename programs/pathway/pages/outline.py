"""The outline of a pathway: the parts of each requirement, and which groups are shown with theirs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from programs.audit.rules import requirements as rules
from programs.pathway.queries.pathway_nodes import PathwayNode

SHOWN_AS_GROUPS = frozenset({rules.Kind.ALL, rules.Kind.CHOOSE, rules.Kind.CREDITS, rules.Kind.PROGRAM})
# A pathway of more requirements than this is folded: its page would weigh hundreds of kilobytes, and nobody reads on.
MOST_SHOWN = 60
OPEN = "open"


def anchor_of(node: PathwayNode) -> str:
    """Return the id of a requirement's element in the page."""
    return "node-" + node.key.replace("/", "-")


def is_stack(node: PathwayNode) -> bool:
    """Return whether the one part of a program is its own tree, as in a program stacked in another."""
    return node.kind == rules.Kind.PROGRAM and len(node.children) == 1 and node.children[0].kind in SHOWN_AS_GROUPS


def parts_of(node: PathwayNode) -> tuple[PathwayNode, ...]:
    """Return the parts of a requirement as pages list them: those of a stacked program's tree are its own."""
    return node.children[0].children if is_stack(node) else node.children


def is_long(root: PathwayNode) -> bool:
    """Return whether a pathway has too many requirements to show them all at once."""
    return sum(1 for _node in root.walk()) > MOST_SHOWN


@dataclass(frozen=True, slots=True)
class Outline:
    """Which groups are shown with their parts: those with keys in `opened`; None is all.

    `asked` are the keys that the reader has opened.
    """

    opened: frozenset[str] | None = None
    asked: tuple[str, ...] = ()

    @classmethod
    def of(cls, root: PathwayNode, asked: Iterable[str]) -> Self:
        """Open all of a short pathway; of a long one the way to the first missing step and to each group asked for."""
        if not is_long(root):
            return cls()
        above = {child.key: node.key for node in root.walk() for child in node.children}
        known = tuple(dict.fromkeys(key for key in asked if key in above))
        first = next((node.key for node in root.walk() if node.missing and not node.children), root.key)
        opened = {root.key}
        for key in (first, *known):
            place: str | None = key
            while place is not None:
                opened.add(place)
                place = above.get(place)
        return cls(frozenset(opened), known)

    def shows_parts_of(self, node: PathwayNode) -> bool:
        """Return whether the parts of a requirement are shown."""
        return self.opened is None or node.key in self.opened

    def shown(self, node: PathwayNode) -> Iterator[PathwayNode]:
        """Yield the requirements that the page shows, this one first."""
        yield node
        if self.shows_parts_of(node):
            for part in parts_of(node):
                yield from self.shown(part)

    def query(self, *more: str) -> str:
        """Return the query of the page with the same groups open, and with these too; empty where there are none."""
        return f"?{urlencode([(OPEN, key) for key in (*self.asked, *more)])}" if self.asked or more else ""
