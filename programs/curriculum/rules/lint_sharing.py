"""Faults of what a tree says about sharing: one piece of study that could count for several parts."""

from collections import Counter
from collections.abc import Collection, Iterator

from programs.audit.rules.requirements import ANYTHING, Kind, Requirement
from programs.curriculum.rules.finding import Finding, own_nodes

COMPETING = frozenset({Kind.CHOOSE, Kind.CREDITS})
LEARNING = frozenset({Kind.COMPETENCY, Kind.CREDITS})


def lint_sharing(tree: Requirement, undecided: Collection[str]) -> Iterator[Finding]:
    """Yield faults of exclusivity and of caps on sharing.

    A group in `undecided` is asked about only where the competencies of its parts overlap. Parts that compete for
    credit or choice suggest exclusive; competencies beside each other suggest shared.
    """
    for node, above in own_nodes(tree):
        if node.id in undecided:
            yield from _undecided(node, above)
        if node.exclusive:
            yield from _asked_twice(node)
        yield from _share_caps(node)


def _undecided(node: Requirement, above: tuple[Requirement, ...]) -> Iterator[Finding]:
    excluded = frozenset(name for step in (*above, node) for name in step.excludes)
    overlapping = overlapping_parts(node, excluded)
    if overlapping:
        competing = any(part.kind in COMPETING for part in overlapping)
        code = "sharing_undecided_exclusive" if competing else "sharing_undecided_shared"
        yield Finding(node.id, code, {"overlapping": ", ".join(part.id for part in overlapping)})


def overlapping_parts(node: Requirement, excluded: frozenset[str] = frozenset()) -> tuple[Requirement, ...]:
    """Return the children of a node for which one piece could count together with another child.

    `excluded` are the competencies that nodes above leave out.
    """
    names = [_learnt(child, excluded) for child in node.children]
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


def _asked_twice(node: Requirement) -> Iterator[Finding]:
    """Yield competencies that two exclusive parts ask for: a competency is one piece, so it cannot meet both."""
    if node.kind is not Kind.ALL:
        return
    single = Counter(child.accepts for child in node.children if child.kind is Kind.COMPETENCY and child.leaf)
    for accepts, times in single.items():
        if times > 1 and len(accepts) == 1:
            yield Finding(node.id, "exclusive_asks_twice", {"competencies": accepts[0]})


def _share_caps(node: Requirement) -> Iterator[Finding]:
    below = {inner.id: inner for inner in node.walk()} if node.share_caps else {}
    for cap in node.share_caps:
        missing = [name for name in (cap.first, cap.second) if name not in below or name == node.id]
        if missing:
            yield Finding(node.id, "share_cap_unknown_node", {"other": missing[0]})
            continue
        first, second = below[cap.first], below[cap.second]
        if second in first.walk() or first in second.walk():
            yield Finding(node.id, "share_cap_nested", {"above": first.id, "group": second.id})
