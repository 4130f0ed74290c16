"""Graphs that must not lead back to themselves: the tree of a framework, and what precedes what (invariant 8)."""

from collections.abc import Hashable, Iterable
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def cycle_in(edges: Iterable[tuple[Node, Node]]) -> tuple[Node, ...]:
    """The nodes of one cycle, in order, each leading to the next and the last to the first; empty when there is none.

    Walks depth first without recursion: chains may be longer than Python's stack.
    """
    onward: dict[Node, list[Node]] = {}
    for start, end in edges:
        onward.setdefault(start, []).append(end)
    done: set[Node] = set()
    for root in onward:
        if root not in done:
            found = _cycle_from(root, onward, done)
            if found:
                return found
    return ()


def _cycle_from(root: Node, onward: dict[Node, list[Node]], done: set[Node]) -> tuple[Node, ...]:
    """Marks all that `root` reaches as done, unless a walk from it comes back to itself."""
    path = [root]
    on_path = {root}
    waiting = [iter(onward.get(root, ()))]
    while path:
        following = next((node for node in waiting[-1] if node not in done), None)
        if following is None:
            done.add(path[-1])
            on_path.discard(path.pop())
            waiting.pop()
        elif following in on_path:
            return tuple(path[path.index(following) :])
        else:
            path.append(following)
            on_path.add(following)
            waiting.append(iter(onward.get(following, ())))
    return ()
