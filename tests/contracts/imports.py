"""The import graph of our modules, its rooms and its mutual pairs; run as a program it prints them as text.

    python -m tests.contracts.imports              floors, and what imports both ways
    python -m tests.contracts.imports programs     the rooms of one app

A room is what stands right below an app: `programs.audit` with everything in it, or `programs.tasks`.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter

import grimp

from tests import PACKAGES

Edges = Mapping[str, set[str]]


@cache
def imports() -> Edges:
    """Each module of ours and the modules of ours that it imports, wherever the statement stands.

    Migrations are left out: Django writes them, and each names the one before.
    """
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    ours = {module for module in graph.modules if ".migrations" not in module}
    return {module: graph.find_modules_directly_imported_by(module) & ours for module in ours}


def rooms(app: str) -> Edges:
    """Each room of an app and the rooms of that app that it imports."""
    found: dict[str, set[str]] = defaultdict(set)
    for module, imported in imports().items():
        if module.startswith(f"{app}."):
            found[_room(module)] |= {_room(each) for each in imported if each.startswith(f"{app}.")} - {_room(module)}
    return found


def floors() -> Edges:
    """Each package and the packages that it imports."""
    found: dict[str, set[str]] = defaultdict(set)
    for module, imported in imports().items():
        floor = module.partition(".")[0]
        found[floor] |= {each.partition(".")[0] for each in imported} - {floor}
    return found


def circle_in(edges: Edges) -> list[str]:
    """One circle, as the modules on the way around; empty where there is none."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        return circle
    return []


def mutual_pairs(edges: Edges) -> set[tuple[str, str]]:
    """Pairs that import each other, each in alphabetical order."""
    return {(one, other) for one in edges for other in edges[one] if one < other and one in edges.get(other, set())}


def _room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def _lines(edges: Edges) -> Iterator[str]:
    for name in sorted(edges, key=lambda name: (len(edges[name]), name)):
        yield f"{name:28} -> {', '.join(sorted(edges[name])) or '-'}"
    yield f"mutual pairs: {sorted(mutual_pairs(edges)) or 'none'}"
    yield f"circles among modules: {circle_in(imports()) or 'none'}"


if __name__ == "__main__":
    print("\n".join(_lines(rooms(sys.argv[1]) if sys.argv[1:] else floors())))  # noqa: T201 - a terminal program
