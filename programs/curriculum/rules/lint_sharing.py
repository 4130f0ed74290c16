"""Groups of which the author has to say whether one piece of study may count for several of their parts."""

from collections import Counter
from collections.abc import Collection, Iterator

from programs.audit.rules.requirements import ANYTHING, LEARNING, Kind, Requirement
from programs.audit.rules.tree_faults import Finding
from programs.curriculum.rules.own_nodes import own_nodes

COMPETING = frozenset({Kind.CHOOSE, Kind.CREDITS})


def lint_sharing(tree: Requirement, undecided: Collection[str]) -> Iterator[Finding]:
    """Yield the groups in `undecided` with parts that have competencies in common.

    Parts that compete for credit or choice suggest exclusive; competencies beside each other suggest shared.
    """
    for node, above in own_nodes(tree):
        if node.id not in undecided:
            continue
        overlapping = overlapping_parts(node, frozenset(name for step in above for name in step.excludes))
        if overlapping:
            competing = any(part.kind in COMPETING for part in overlapping)
            code = "sharing_undecided_exclusive" if competing else "sharing_undecided_shared"
            yield Finding(node.id, code, {"overlapping": ", ".join(part.id for part in overlapping)})


def overlapping_parts(node: Requirement, excluded: frozenset[str] = frozenset()) -> tuple[Requirement, ...]:
    """Return the children of a node for which one piece could count together with another child.

    `excluded` are the competencies that nodes above leave out.
    """
    names = [_learnt(child, excluded | set(node.excludes)) for child in node.children]
    often = Counter(name for some in names for name in some)
    learning = sum(bool(some) for some in names)
    wide = often[ANYTHING] > 0 and learning > 1
    return tuple(
        child
        for child, some in zip(node.children, names, strict=True)
        if some and (wide or any(often[name] > 1 for name in some))
    )


def _learnt(node: Requirement, excluded: frozenset[str]) -> frozenset[str]:
    excluded |= frozenset(node.excludes)
    if node.leaf and node.kind in LEARNING:
        return frozenset(node.accepts) - excluded
    return frozenset(name for child in node.children for name in _learnt(child, excluded))
