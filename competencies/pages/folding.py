"""Which part of a large tree one page shows: the upper levels, the way to what was asked for, a part of a long list.

A page must stay below 100 kB. The frame takes about 6 kB and the markup of an item about 450 bytes, so a tree is shown
whole while its items and statements take 75 kB; above that a page shows at most 80 items, with long statements cut.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from competencies.formats.markup import html_of
from competencies.queries import FrameworkTree, Statement
from competencies.rules.tree import TreeNode

TREE_BYTES = 75_000
ITEM_BYTES = 450
ITEMS_SHOWN = 80
MIN_SIBLINGS = 5  # of the siblings around an item that a link leads to
MAX_STATEMENT_BYTES = 500  # bytes of HTML; in a folded tree a longer one is cut to its line

# The places of the children that are shown below a branch, by its key; None is the top. Others are folded.
Windows: TypeAlias = Mapping[int | None, range]


def everything(forest: Sequence[TreeNode[int]]) -> dict[int | None, range]:
    """The windows that show all of `forest`."""
    windows: dict[int | None, range] = {None: range(len(forest))}
    waiting = list(forest)
    while waiting:
        node = waiting.pop()
        if node.children:
            windows[node.key] = range(len(node.children))
            waiting += node.children
    return windows


def small(tree: FrameworkTree) -> bool:
    """Whether the tree is worth asking how many bytes its statements take."""
    return tree.item_count * ITEM_BYTES <= TREE_BYTES


def light(statements: Iterable[Statement]) -> bool:
    """Whether these items can be shown on one page with all that they say."""
    return sum(ITEM_BYTES + len(html_of(each.text).encode()) for each in statements) <= TREE_BYTES


def upper_levels(nodes: Sequence[TreeNode[int]], *, below: int | None, start: int = 0) -> dict[int | None, range]:
    """A part of the list `nodes`, which hangs below the key `below`, and the levels under it while all of them fit.

    A level of one item says little: the next one is shown too, at least its beginning.
    """
    windows: dict[int | None, range] = {below: range(start, min(start + ITEMS_SHOWN, len(nodes)))}
    level = _within(nodes, windows[below])
    count = len(level)
    while branches := [node for node in level if node.children]:
        lower = sum(len(node.children) for node in branches)
        if count + lower > ITEMS_SHOWN and len(level) > 1:
            break
        windows |= {node.key: range(min(len(node.children), ITEMS_SHOWN)) for node in branches}
        level = [child for node in branches for child in _within(node.children, windows[node.key])]
        count += lower
    return windows


def way_to(tree: FrameworkTree, key: int) -> dict[int | None, range]:
    """The lists from the top down to `key` and the one below it, of each the part that leads there."""
    way = [*tree.path_to(key), key]
    size = max(MIN_SIBLINGS, ITEMS_SHOWN // (len(way) + 1))
    windows: dict[int | None, range] = {}
    nodes, below = tree.forest, None
    for step in way:
        windows[below] = _around(next(place for place, node in enumerate(nodes) if node.key == step), len(nodes), size)
        nodes, below = tree.nodes[step].children, step
    if nodes:
        windows[key] = range(min(size, len(nodes)))
    return windows


def shown_in(nodes: Sequence[TreeNode[int]], windows: Windows, *, below: int | None) -> Iterator[int]:
    """The keys that a page with these windows shows of the list `nodes`, which hangs below the key `below`."""
    for node in _within(nodes, windows[below]):
        yield node.key
        if node.children and node.key in windows:
            yield from shown_in(node.children, windows, below=node.key)


def found_from(tree: FrameworkTree, found: frozenset[int], *, start: int) -> tuple[list[int], int]:
    """A page of what was found, in the order of the tree from place `start`: as many as fit with what leads to them.

    The second value is the place where the next page starts; 0 when there is none.
    """
    ordered = [node.key for node in tree.walk() if node.key in found]
    page: list[int] = []
    shown: set[int] = set()
    for key in ordered[start:]:
        more = {key, *tree.path_to(key)} - shown
        if page and len(shown) + len(more) > ITEMS_SHOWN:
            return page, start + len(page)
        shown |= more
        page.append(key)
    return page, 0


def _within(nodes: Sequence[TreeNode[int]], window: range) -> Sequence[TreeNode[int]]:
    return nodes[window.start : window.stop]


def _around(place: int, length: int, size: int) -> range:
    """`size` places around `place`, of `length`."""
    start = max(0, min(place - size // 2, length - size))
    return range(start, min(start + size, length))
