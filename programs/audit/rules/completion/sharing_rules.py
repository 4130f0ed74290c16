"""What `audit@2` adds to a numbered problem: sharing, lists, counts of pieces, bases of milestones, shared new work."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from programs.audit.rules.completion.applied_exceptions import AppliedExceptions
from programs.audit.rules.completion.eligible_pieces import NumberedAttainment
from programs.audit.rules.completion.numbered_tree import NumberedTree, numbered_tree_of
from programs.audit.rules.completion.problem import Mode, Option, Problem, Rule, Rules, Share
from programs.audit.rules.context import Method
from programs.audit.rules.requirements import ANYTHING, MAX_CACHED_TREES, Kind, Requirement
from programs.rules.attainments import Basis


def with_sharing(rules: Rules, applied: AppliedExceptions) -> Rules:
    """Return the rules with those on sharing, lists and counts. A forced node keeps none, a waived node no counts."""
    nodes = rules.shape.nodes
    index = rules.shape.index
    forced, waived = applied.forced, applied.waived
    return replace(
        rules,
        pieces=tuple(0 if number in waived else node.min_pieces for number, node in enumerate(nodes)),
        lists=tuple(
            () if number in forced else tuple((place, cap.most, cap.unit) for place, cap in enumerate(node.max_listed))
            for number, node in enumerate(nodes)
        ),
        exclusive=tuple(node.exclusive and number not in forced for number, node in enumerate(nodes)),
        shares=tuple(
            Share(
                Rule("share_cap", node.id, f"{cap.first}+{cap.second}"),
                index[cap.first],
                index[cap.second],
                cap.most,
                cap.unit,
            )
            for number, node in enumerate(nodes)
            for cap in node.share_caps
            if number not in forced
        ),
    )


def extended(
    problem: Problem,
    numbered: Sequence[NumberedAttainment],
    study: tuple[int, ...],
    reached_by: Mapping[int, Mapping[Basis, int]],
) -> Problem:
    """Return the problem of `audit@2`: with lists, modes of milestones, and new work that serves several leaves."""
    basis: list[Basis | None] = list(problem.basis)
    modes = _modes(problem, reached_by, basis)
    new = next((it.option.piece for some in modes.values() for it in some if it.gap), len(basis))
    names: dict[int, str] = {}
    renewed = _renewed(problem, basis, names)
    return replace(
        problem,
        basis=tuple(basis),
        here=frozenset({*problem.here, None}),
        even=problem.even and _worth_the_same(problem.shape.nodes[0], problem.shape.method),
        study=study,
        listed=_listed(problem, numbered) if problem.rules.listing else {},
        modes={node: tuple(some) for node, some in modes.items()},
        renewed=renewed,
        names=names,
        new=new,
    )


def _listed(problem: Problem, numbered: Sequence[NumberedAttainment]) -> dict[tuple[int, int], frozenset[int]]:
    found: dict[tuple[int, int], frozenset[int]] = {}
    for node, wanted in enumerate(problem.shape.nodes):
        for place, cap in enumerate(wanted.max_listed):
            names = set(cap.accepts)
            found[node, place] = frozenset(
                item.piece for item in numbered if ANYTHING in names or item.attainment.name in names
            )
    return found


def _modes(
    problem: Problem, reached_by: Mapping[int, Mapping[Basis, int]], basis: list[Basis | None]
) -> dict[int, list[Mode]]:
    """Return the ways to count the credit of milestones and quantities where its basis matters; number its pieces.

    An amount counts for a basis together with all amounts of better bases: work is earned here if enough of it was.
    Pieces of ways without new work are numbered first.
    """
    rows: list[tuple[int, int, Basis]] = []
    for node in problem.shape.measured:
        wanted, rules = problem.shape.nodes[node], problem.rules
        waived = not rules.need[node]
        if not wanted.nominal or not (rules.sourced or waived):
            continue
        amounts, together = reached_by.get(node, {}), 0
        least = wanted.min_quantity if wanted.kind is Kind.QUANTITY else 1
        for of in Basis:
            together += amounts.get(of, 0)
            if amounts.get(of) or of is Basis.ASSESSED_HERE:
                gap = -(-problem.shape.whole[node] * max(0, least - together) // least)
                rows.append((node, gap, of))
    found: dict[int, list[Mode]] = {}
    for node, gap, of in sorted(rows, key=lambda row: row[1] > 0):
        option = Option(len(basis), problem.shape.nodes[node].nominal, "")
        basis.append(of)
        found.setdefault(node, []).append(Mode(option, gap))
    return found


def _renewed(problem: Problem, basis: list[Basis | None], names: dict[int, str]) -> dict[int, tuple[Option, ...]]:
    """Return the new pieces that can serve several leaves, by leaf, and number them; the competency is their name.

    One demonstration of a competency serves every leaf that accepts it, unless a rule keeps the leaves apart. Each
    competency has one such piece, because a competency counts once; further new work is done for each leaf alone.
    """
    first, (serving, found) = len(basis), _new_by_leaf(problem.shape.nodes[0], problem.shape.method)
    basis += [None] * len(serving)
    names.update(enumerate(serving, first))
    return {
        leaf: tuple([tuple.__new__(Option, (first + place, worth, "", "", False)) for place, worth in some])
        for leaf, some in found
    }


@lru_cache(maxsize=MAX_CACHED_TREES)
def _new_by_leaf(
    tree: Requirement, method: Method
) -> tuple[tuple[str, ...], tuple[tuple[int, tuple[tuple[int, int], ...]], ...]]:
    """Return the competencies of `leaves_by_name`, and by leaf their places there with the credits at the leaf."""
    # Cached by tree and method, which are immutable; no learner is part of the answer.
    found: dict[int, list[tuple[int, int]]] = {}
    named = leaves_by_name(tree, method)
    for place, (leaves, _name) in enumerate(named):
        for leaf, worth in leaves:
            found.setdefault(leaf, []).append((place, worth))
    return tuple(name for _leaves, name in named), tuple((leaf, tuple(some)) for leaf, some in found.items())


@lru_cache(maxsize=MAX_CACHED_TREES)
def leaves_by_name(tree: Requirement, method: Method) -> tuple[tuple[tuple[tuple[int, int], ...], str], ...]:
    """Return the leaves that a new piece of one competency could serve, with its credits there, and the competency.

    Two leaves or more.
    """
    # Cached by tree and method, which are immutable; no learner is part of the answer.
    shape = numbered_tree_of(tree, method)
    found = []
    for name in sorted(shape.learning):
        leaves = {asker.node for asker in (*shape.learning[name], *shape.anything)}
        serving = tuple(
            (leaf, worth_of_new(shape, leaf, name)) for leaf in sorted(leaves) if _serves(shape, leaf, name)
        )
        if len(serving) > 1:
            found.append((serving, name))
    return tuple(found)


@lru_cache(maxsize=MAX_CACHED_TREES)
def _worth_the_same(tree: Requirement, method: Method) -> bool:
    """Return whether each new piece has the same credits at all leaves that it could serve."""
    # Cached by tree and method, which are immutable; no learner is part of the answer.
    return all(len({worth for _, worth in leaves}) == 1 for leaves, _ in leaves_by_name(tree, method))


def _serves(shape: NumberedTree, leaf: int, name: str) -> bool:
    limits = shape.asker[leaf].limits
    if limits is not None and name in limits.excluded:
        return False
    return shape.single[leaf] or worth_of_new(shape, leaf, name) > 0


def worth_of_new(shape: NumberedTree, leaf: int, name: str) -> int:
    """Return the credits that a new piece of a competency has at a leaf."""
    limits = shape.asker[leaf].limits
    if shape.single[leaf] or limits is None:
        return shape.nodes[leaf].nominal
    return limits.credit_of(name)


def price_of_new(problem: Problem, leaf: int, option: Option) -> int:
    """Return the cost of a new piece that serves this leaf; a piece that serves several costs the highest."""
    return problem.shape.whole[leaf] if problem.shape.single[leaf] else option.value


def sharing_leaves(problem: Problem) -> dict[int, int]:
    """Return, for each leaf that new work may have to meet, how many such leaves one new piece could serve with it."""
    waiting: dict[int, list[int]] = {}
    shared_out = problem.shape.method.shares_charges and problem.rules.crossing
    contended = _inside_exclusive(problem) if shared_out else frozenset[int]()
    for leaf, options in problem.renewed.items():
        without = leaf in contended or not problem.options[leaf]
        if without and problem.shape.single[leaf] and problem.rules.need[leaf]:
            for option in options:
                waiting.setdefault(option.piece, []).append(leaf)
    found: dict[int, int] = {}
    for leaves in waiting.values():
        for leaf in leaves:
            together = len(leaves)
            if problem.rules.crossing:
                together = sum(other == leaf or not problem.rules.apart(leaf, other) for other in leaves)
            found[leaf] = max(together, found.get(leaf, 1))
    return {leaf: count for leaf, count in found.items() if count > 1}


def _inside_exclusive(problem: Problem) -> frozenset[int]:
    """Return the nodes below exclusive ones: a piece that is offered at such a leaf may be needed in another part."""
    return frozenset(node for node, sides in enumerate(problem.rules.sides) if sides)
