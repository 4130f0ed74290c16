"""The tree of a framework from its isChildOf edges: in order, with items that have no parent, or several."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class TreeNode(Generic[Key]):
    """One place in the tree. An item with several parents has several; `repeated` marks all but the first."""

    key: Key
    depth: int
    repeated: bool
    children: "tuple[TreeNode[Key], ...]" = ()


@dataclass(frozen=True)
class Edge(Generic[Key]):
    """`child` hangs below `parent` (None: directly below the framework), at place `sequence` if the source says so."""

    child: Key
    parent: Key | None
    sequence: int | None = None


def forest_of(
    keys: Sequence[Key], edges: Iterable[Edge[Key]], *, sorting: Mapping[Key, tuple[str, int]]
) -> tuple[TreeNode[Key], ...]:
    """The framework's top items with all that hangs below them; every key stands in it at least once.

    Siblings are ordered by sequence number, then by `sorting` (code, place in the file); those without a number come
    last. An item without a standing parent is shown at the top: the source left it loose, and it must not get lost.
    Edges hold no cycle (rules/cycles). Below a repeated item nothing is repeated again.
    """
    known = set(keys)
    below: dict[Key | None, dict[Key, int | None]] = {}
    placed: set[Key] = set()
    for edge in edges:
        if edge.child in known and (edge.parent is None or edge.parent in known):
            below.setdefault(edge.parent, {}).setdefault(edge.child, edge.sequence)
            placed.add(edge.child)
    loose = [key for key in keys if key not in placed]
    seen: set[Key] = set()

    def order(parent: Key | None) -> list[Key]:
        children = below.get(parent, {})
        return sorted(children, key=lambda key: (children[key] is None, children[key] or 0, sorting[key]))

    def node(key: Key, depth: int) -> TreeNode[Key]:
        if key in seen:
            return TreeNode(key, depth, repeated=True)
        seen.add(key)
        return TreeNode(key, depth, repeated=False, children=tuple(node(child, depth + 1) for child in order(key)))

    return tuple(node(key, 0) for key in [*order(None), *sorted(loose, key=lambda key: sorting[key])])


def pruned(forest: Iterable[TreeNode[Key]], wanted: frozenset[Key]) -> tuple[TreeNode[Key], ...]:
    """The part of the forest that leads to `wanted` keys: those and their ancestors."""
    nodes = ((node, pruned(node.children, wanted)) for node in forest)
    return tuple(
        TreeNode(node.key, node.depth, node.repeated, below) for node, below in nodes if below or node.key in wanted
    )
