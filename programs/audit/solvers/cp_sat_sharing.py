"""The constraints of a CP-SAT model that keep uses of one piece apart: exclusive nodes and caps on sharing."""

from collections.abc import Mapping
from typing import Protocol

from programs.audit.rules.completion.numbered_tree import NumberedTree
from programs.audit.rules.completion.problem import Option, Problem, Share
from programs.audit.rules.requirements import Unit
from programs.audit.solvers.cp_sat_proto import Literal, ProtoWriter, Term, negated
from programs.audit.solvers.cp_sat_terms import Source


class SharingModel(Protocol):
    """What the constraints need of a model: its problem, its literals of uses, and the writer of constraints."""

    problem: Problem
    shape: NumberedTree
    writer: ProtoWriter

    @property
    def uses(self) -> Mapping[tuple[int, int], Literal]:
        """The literal of each option by leaf and number."""
        ...

    def new_below(self, node: int) -> list[tuple[int, Literal, Option]]:
        """Return the leaves at and below a node that a new piece can serve, with the literal and the option."""
        ...

    def spent_sources(self, node: int) -> list[Source]:
        """Return the pieces that awards spend at a node."""
        ...

    def guard_or_always(self, kind: str, node: int, detail: str = "") -> Literal:
        """Return the literal on which a rule's constraint depends; ALWAYS where it must hold in any case."""
        ...

    def any(self, literals: list[Literal]) -> Literal | None:
        """Return a literal that is true exactly if one of the literals is; None of none."""
        ...


def keep_apart(model: SharingModel) -> None:
    """Keep uses of one piece apart below exclusive nodes, and within caps on sharing."""
    used: dict[int, list[tuple[int, Source]]] = {}
    spent: dict[int, list[tuple[int, Source]]] = {}
    problem = model.problem
    for (node, number), literal in model.uses.items():
        option = problem.options[node][number]
        study = problem.study_of(option.piece)
        used.setdefault(study, []).append((node, Source(literal, study, option.value)))
    for node, literal, option in model.new_below(0):
        used.setdefault(option.piece, []).append((node, Source(literal, option.piece, option.value)))
    for node in range(len(model.shape.nodes)):
        for source in model.spent_sources(node):
            spent.setdefault(source.piece, []).append((node, source))
    for node, exclusive in enumerate(problem.rules.exclusive):
        for study, uses in used.items() if exclusive else ():
            _exclude(model, node, uses, spent.get(study, []))
    for share in problem.rules.shares:
        common = [term for study, uses in used.items() for term in _in_common(model, share, uses, spent.get(study, []))]
        if common:
            node = model.shape.index[share.rule.node]
            guard = model.guard_or_always("share_cap", node, share.rule.detail)
            model.writer.at_most(common, share.most, guard=guard)


def _exclude(model: SharingModel, node: int, uses: list[tuple[int, Source]], spent: list[tuple[int, Source]]) -> None:
    """Let a piece be used below one child at most, and below none where an award spends it under another."""
    guard = model.guard_or_always("exclusive", node)
    sides = model.problem.rules.sides
    by_child: dict[int, list[Literal]] = {}
    for leaf, source in uses:
        if node in sides[leaf]:
            by_child.setdefault(sides[leaf][node], []).append(source.literal)
    below = {child: model.any(literals) for child, literals in sorted(by_child.items())}
    if len(below) > 1:
        model.writer.at_most([(literal, 1) for literal in below.values() if literal is not None], 1, guard=guard)
    for place, source in spent:
        for child, literal in below.items():
            if literal is not None and sides[place].get(node, child) != child:
                model.writer.at_most([(literal, 1), (source.literal, 1)], 1, guard=guard)


def _in_common(
    model: SharingModel, share: Share, uses: list[tuple[int, Source]], spent: list[tuple[int, Source]]
) -> list[Term]:
    """Return the terms of what two nodes have in common of one piece, step by step of its values."""
    if share.unit is Unit.COUNT:
        uses = [(place, source._replace(value=1)) for place, source in uses]
        spent = [(place, source._replace(value=1)) for place, source in spent]
    first, second = ((_inside(model, node, uses), _inside(model, node, spent)) for node in (share.first, share.second))
    terms: list[Term] = []
    below = 0
    for value in sorted({it.value for some in (*first, *second) for it in some if it.value}):
        used_first, any_first = _reaching(model, first, value)
        used_second, any_second = _reaching(model, second, value)
        pairs = [(used_first, any_second), (any_first, used_second)]
        both = [(one, other) for one, other in pairs if one is not None and other is not None]
        if both:
            shared = model.writer.boolean()
            for one, other in both:
                model.writer.clause([negated(one), negated(other), shared])
            terms.append((shared, value - below))
        below = value
    return terms


def _inside(model: SharingModel, node: int, places: list[tuple[int, Source]]) -> list[Source]:
    return [source for place, source in places if node <= place < model.shape.end[node]]


def _reaching(model: SharingModel, side: tuple[list[Source], ...], value: int) -> tuple[Literal | None, Literal | None]:
    """Return the literals that a piece reaches a value on one side by use, and by use or award."""
    used, spent = ([it.literal for it in some if it.value >= value] for some in side)
    return model.any(used), model.any([*used, *spent])
