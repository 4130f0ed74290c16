"""Cycle detection for graphs that must be acyclic: framework trees and orders of competencies (invariant 8)."""

from collections.abc import Hashable, Iterable
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def cycle_in(edges: Iterable[tuple[Node, Node]]) -> tuple[Node, ...]:
    """The nodes of one cycle in order, where the last leads to the first; empty if there is no cycle.

    The search is depth first and without recursion, because a chain may be longer than Python's stack.
    """
    successors: dict[Node, list[Node]] = {}
    for start, end in edges:
        successors.setdefault(start, []).append(end)
    done: set[Node] = set()
    for root in successors:
        if root not in done:
            found = _cycle_from(root, successors, done)
            if found:
                return found
    return ()


def _cycle_from(root: Node, successors: dict[Node, list[Node]], done: set[Node]) -> tuple[Node, ...]:
    """A cycle that can be reached from `root`; without one, all nodes that `root` reaches are added to `done`."""
    path = [root]
    on_path = {root}
    iterators = [iter(successors.get(root, ()))]
    while path:
        next_node = next((node for node in iterators[-1] if node not in done), None)
        if next_node is None:
            done.add(path[-1])
            on_path.discard(path.pop())
            iterators.pop()
        elif next_node in on_path:
            # Back on the current path: everything after the first visit is the cycle.
            return tuple(path[path.index(next_node) :])
        else:
            path.append(next_node)
            on_path.add(next_node)
            iterators.append(iter(successors.get(next_node, ())))
    return ()
