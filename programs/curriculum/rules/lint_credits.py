"""Faults of credits groups: what nothing can fill, and competencies whose credit is not clear."""

from collections.abc import Iterator, Mapping

from programs.audit.rules.requirements import ANYTHING, Kind, Requirement
from programs.audit.rules.tree_faults import Finding
from programs.curriculum.rules.own_nodes import own_nodes
from programs.rules.attainments import Basis

ELSEWHERE = frozenset(Basis) - {Basis.ASSESSED_HERE}


def lint_credits(tree: Requirement) -> Iterator[Finding]:
    """Yield faults of the credits groups of a tree that has the credits of competencies as they would be frozen."""
    worths = _worths(tree)
    for node, above in own_nodes(tree):
        if node.kind is not Kind.CREDITS or not node.leaf or not node.accepts:
            continue
        path = (*above, node)
        table = {name: worth for step in path for name, worth in step.credit_table}
        excluded = {name for step in path for name in step.excludes}
        unclear = sorted(
            name
            for name, some in worths.items()
            if len(some) > 1
            and (name in node.accepts or ANYTHING in node.accepts)
            and name not in excluded
            and not {name, ANYTHING} & table.keys()
        )
        if unclear:
            yield Finding(node.id, "credit_unclear", {"competencies": ", ".join(unclear)})
        elif not _credited(node, table, excluded) and not _recognised(path):
            yield Finding(node.id, "nothing_fills_it")


def brings_credit(path: tuple[Requirement, ...]) -> bool:
    """Return whether mastery can fill the credits group at the end of a path from the root."""
    table = {name: worth for step in path for name, worth in step.credit_table}
    return _credited(path[-1], table, {name for step in path for name in step.excludes})


def _worths(tree: Requirement) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for node, _above in own_nodes(tree):
        if node.kind is Kind.COMPETENCY and node.nominal:
            for name in node.accepts:
                found.setdefault(name, set()).add(node.nominal)
    return found


def _credited(node: Requirement, table: Mapping[str, int], excluded: set[str]) -> bool:
    if ANYTHING in excluded:
        return False
    if ANYTHING in node.accepts:
        return any(worth > 0 for name, worth in table.items() if name not in excluded)
    return any(table.get(name, table.get(ANYTHING, 0)) > 0 for name in node.accepts if name not in excluded)


def _recognised(path: tuple[Requirement, ...]) -> bool:
    """Return whether recognized study alone could fill the group: nothing has to be earned here, no cap forbids it."""
    asked = path[-1].min_credits
    if path[-1].earned_here:
        return False
    for step in path:
        capped = {cap.basis: cap.most for cap in step.max_source}
        if capped.keys() >= ELSEWHERE and sum(capped[basis] for basis in ELSEWHERE) < asked:
            return False
    return True
