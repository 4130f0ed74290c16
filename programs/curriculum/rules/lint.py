"""The faults of a requirement tree, found before it is published; every finding has its node and a code."""

from collections.abc import Collection, Iterator, Mapping
from itertools import permutations, product

from programs.audit.rules.conditions import comparable_as_least
from programs.audit.rules.context import Method
from programs.audit.rules.requirements import ANYTHING, Condition, Kind, Operator, Requirement
from programs.audit.rules.tree_faults import Finding, faults_of
from programs.rules.attainments import Basis

MADE_OF_PARTS = frozenset({Kind.ALL, Kind.CHOOSE, Kind.IF})
SINGLE = frozenset({Kind.COMPETENCY, Kind.MILESTONE, Kind.QUANTITY})
BOUNDLESS = 1 << 62
"""Credits that a part can reach without limit."""
MOST_CONDITIONS = 8
"""Different conditions below one node of which every combination is tried; beyond it each counts by its poorer part."""


def lint(
    tree: Requirement,
    *,
    showable: Collection[str] | None = None,
    stacked: Mapping[str, Requirement] | None = None,
    supported: bool = True,
    method: Method = Method.ONE,
) -> tuple[Finding, ...]:
    """Return every finding, in the order of the tree; a tree without findings may be published.

    `showable` are the competencies that an assessment can show (None: not checked). `stacked` are the trees of other
    programs, by the names in *program* nodes; they are followed to find programs that contain themselves. `supported`
    also refuses rules that `method` does not decide. With `audit@2`, the faults of what only it decides are found too.
    """
    findings = [*_repeated(tree)]
    for node, above in _walk(tree, ()):
        findings += _shape(node)
        findings += _requirements(node)
        findings += _credits(node, above)
        findings += _assessable(node, showable)
        findings += _unsupported(node) if supported and method is Method.ONE else ()
    if method.decides_sharing:
        findings += faults_of(tree)
    findings += _cycles(tree, stacked or {})
    order = {node.id: position for position, node in reversed(list(enumerate(tree.walk())))}
    return tuple(sorted(findings, key=lambda finding: (order[finding.node], finding.code)))


def _walk(node: Requirement, above: tuple[Requirement, ...]) -> Iterator[tuple[Requirement, tuple[Requirement, ...]]]:
    yield node, above
    for child in node.children:
        yield from _walk(child, (*above, node))


def _repeated(tree: Requirement) -> Iterator[Finding]:
    seen: set[str] = set()
    for node in tree.walk():
        if node.id in seen:
            yield Finding(node.id, "id_twice")
        seen.add(node.id)


def _shape(node: Requirement) -> Iterator[Finding]:
    if node.kind in MADE_OF_PARTS and not node.children:
        yield Finding(node.id, "empty_group")
    if node.kind in SINGLE and node.children:
        yield Finding(node.id, "leaf_with_parts")
    if node.kind is Kind.CHOOSE and node.children and not 1 <= node.n <= len(node.children):
        yield Finding(node.id, "choose_out_of_range", {"n": str(node.n), "parts": str(len(node.children))})
    if node.kind is Kind.CHOOSE and node.n == len(node.children) > 1:
        yield Finding(node.id, "choose_all", {"n": str(node.n)})
    if node.kind is not Kind.CHOOSE and node.n:
        yield Finding(node.id, "n_without_choose")


def _requirements(node: Requirement) -> Iterator[Finding]:
    if node.kind in {Kind.COMPETENCY, Kind.CREDITS} and not node.children and not node.accepts:
        yield Finding(node.id, "accepts_nothing")
    if node.kind is Kind.COMPETENCY and ANYTHING in node.accepts:
        yield Finding(node.id, "anything_for_a_competency")
    if node.kind is Kind.CREDITS and node.min_credits <= 0:
        yield Finding(node.id, "no_credits_asked")
    if node.kind is Kind.QUANTITY and node.min_quantity <= 0:
        yield Finding(node.id, "no_quantity_asked")
    if min(node.nominal, node.min_credits, node.min_quantity, node.earned_here, node.level, node.within_days or 0) < 0:
        yield Finding(node.id, "negative")


def _credits(node: Requirement, above: tuple[Requirement, ...]) -> Iterator[Finding]:
    """Find minima out of reach, caps that exclude required credits, and credit that counts twice on one path."""
    bearer = next((step for step in reversed(above) if _bears(step)), None)
    if bearer is not None and _bears(node):
        yield Finding(node.id, "credits_twice_on_a_path", {"above": bearer.id})
    if not node.children and node.kind is not Kind.CREDITS and node.min_credits:
        yield Finding(node.id, "minimum_on_a_leaf")
    reach = _least_reach(node)
    if node.children and node.min_credits > reach:
        yield Finding(node.id, "unreachable_minimum", {"asked": _figure(node.min_credits), "reach": _figure(reach)})
    most = max(node.min_credits, node.nominal) or reach
    if node.earned_here > max(most, 0):
        yield Finding(node.id, "more_here_than_asked", {"here": _figure(node.earned_here), "asked": _figure(most)})
    if node.children and (node.earned_here or node.max_source):
        covering = next((step for step in node.walk() if step is not node and step.children and step.nominal), None)
        if covering is not None:
            yield Finding(node.id, "source_rule_above_group_credit", {"group": covering.id})
    yield from _caps(node)


def _caps(node: Requirement) -> Iterator[Finding]:
    bases = [cap.basis for cap in node.max_source]
    for basis in sorted(set(bases)):
        if bases.count(basis) > 1:
            yield Finding(node.id, "cap_twice", {"basis": basis})
    capped = {cap.basis: cap.most for cap in node.max_source}
    if node.min_credits and set(capped) == set(Basis) and sum(capped.values()) < node.min_credits:
        yield Finding(
            node.id, "caps_below_minimum", {"caps": _figure(sum(capped.values())), "asked": _figure(node.min_credits)}
        )
    if any(cap.most < 0 for cap in node.max_source):
        yield Finding(node.id, "negative")


def _bears(node: Requirement) -> bool:
    """Return whether the node has credit: its own, or that of pieces."""
    return node.nominal > 0 or (node.kind is Kind.CREDITS and not node.children)


Answers = Mapping[Condition, bool]
"""Whether each condition holds."""


def _least_reach(node: Requirement) -> int:
    """Return the credits that a node can reach with its parts, whatever its conditions decide.

    Of a condition one part applies, so the poorer one is what everybody can reach. Equal conditions are decided alike.
    """
    conditions = list(dict.fromkeys(inner.condition for inner in node.walk() if inner.condition is not None))
    if len(conditions) > MOST_CONDITIONS:
        return _inward(node, {})
    combined = product((True, False), repeat=len(conditions))
    every = (dict(zip(conditions, some, strict=True)) for some in combined)
    return min(_inward(node, answers) for answers in every if _possible(answers))


def _possible(answers: Answers) -> bool:
    """Return whether some value of a fact gives these answers: a later day is also later than an earlier one."""
    return all(
        _consistent(one, other, second)
        for (one, first), (other, second) in permutations(answers.items(), 2)
        if first and one.fact == other.fact
    )


def _consistent(one: Condition, other: Condition, second: bool) -> bool:
    """Return whether `other` can have the answer `second` where `one` holds; both are about the same fact."""
    least = [condition.operator is Operator.AT_LEAST for condition in (one, other)]
    if all(least):
        return second or not comparable_as_least(one.values[0], other.values[0]) or one.values[0] < other.values[0]  # type: ignore[operator]  # of one type
    if any(least):
        return True
    mine, theirs = set(one.values), set(other.values)
    return bool(mine & theirs) if second else not mine <= theirs


def _inward(node: Requirement, answers: Answers) -> int:
    if not node.children:
        return _outward(node, answers)
    if node.kind is not Kind.IF or node.condition is None:
        return sum(_outward(child, answers) for child in node.children)
    parts = [*(_outward(child, answers) for child in node.children[:2]), 0][:2]
    holds = answers.get(node.condition)
    return min(parts) if holds is None else parts[0 if holds else 1]


def _outward(node: Requirement, answers: Answers) -> int:
    """Return the most credits that a completed node can give its parent; the least of two parts without an answer."""
    if node.kind is Kind.CREDITS and not node.children:
        return node.nominal or BOUNDLESS
    if node.nominal or not node.children:
        return node.nominal
    return _inward(node, answers)


def _assessable(node: Requirement, showable: Collection[str] | None) -> Iterator[Finding]:
    if showable is None or node.kind not in {Kind.COMPETENCY, Kind.CREDITS} or ANYTHING in node.accepts:
        return
    if node.accepts and not any(name in showable for name in node.accepts):
        yield Finding(node.id, "nothing_can_show_it", {"competencies": ", ".join(node.accepts)})


def _unsupported(node: Requirement) -> Iterator[Finding]:
    if node.exclusive:
        yield Finding(node.id, "exclusivity_not_yet")
    if node.share_caps:
        yield Finding(node.id, "sharing_not_yet")


def _cycles(tree: Requirement, stacked: Mapping[str, Requirement]) -> Iterator[Finding]:
    for node, above in _walk(tree, ()):
        if node.kind is Kind.PROGRAM:
            around = [step for step in above if step.kind is Kind.PROGRAM and set(step.names) & set(node.names)]
            if around or _contains_itself(node.names, stacked):
                yield Finding(node.id, "program_in_itself", {"program": node.names[0]})


def _contains_itself(names: Collection[str], stacked: Mapping[str, Requirement]) -> bool:
    """Return whether the program nodes of these programs lead back to one of them, or form a cycle."""
    open_names: list[tuple[str, frozenset[str]]] = [(name, frozenset()) for name in names]
    while open_names:
        name, passed = open_names.pop()
        if name in passed:
            return True
        inner = stacked.get(name)
        for node in inner.walk() if inner is not None else ():
            if node.kind is Kind.PROGRAM and node is not inner:
                open_names += [(further, passed | {name}) for further in node.names]
    return False


def _figure(hundredths: int) -> str:
    """Return credits as text with two places."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"
