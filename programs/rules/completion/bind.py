"""Puts one learner's attainments and exceptions to a tree: the numbered problem, and why the rest does not count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from programs.rules.attainments import Attainment, Basis, RequirementException
from programs.rules.completion.easing import Easing, easing_of
from programs.rules.completion.eligibility import Eligibility, Reason, Refusal, asking
from programs.rules.completion.problem import NOTHING, Brought, Option, Problem, Route, Rules
from programs.rules.completion.shape import Shape, shape_of
from programs.rules.context import Context
from programs.rules.errors import InconsistentPieceError, RepeatedIdError
from programs.rules.requirements import Kind, Requirement

_Known = Mapping[str, tuple[Attainment, int, bool]]
"""By attainment: itself, its piece, whether it is planned."""
PREFERENCE = {basis: rank for rank, basis in enumerate(Basis)}


@dataclass(frozen=True, slots=True)
class Bound:
    """A problem, what was refused on the way to it, and the first day on which it could differ by itself.

    `attempted` is, per node, what each piece would be worth that asks to count there, whether it may or not; `standing`
    what counts at each milestone and quantity leaf.
    """

    problem: Problem
    easing: Easing
    refusals: tuple[Refusal, ...]
    attempted: tuple[Mapping[int, int], ...]
    standing: tuple[tuple[str, ...], ...]
    holds_until: date | None


@dataclass(slots=True)
class _Found:
    """What the attainments add up to, per node, while they are taken in one by one."""

    options: list[dict[int, Option]]
    attempted: list[dict[int, int]]
    reached: list[int]
    standing: list[list[str]]
    awarded: list[list[Attainment]]

    def offer(self, node: int, option: Option) -> None:
        """Of two attainments of one piece the plain one stands: not by an exception, not merely planned."""
        standing = self.options[node].get(option.piece)
        if standing is None or _rank(option) < _rank(standing):
            self.options[node][option.piece] = option

    def stand(self, node: int, attainment: Attainment, kind: Kind) -> None:
        """Count it at a leaf that it simply meets, or meets a part of."""
        if kind is Kind.PROGRAM:
            self.awarded[node].append(attainment)
        else:
            self.reached[node] += attainment.quantity if kind is Kind.QUANTITY else 1
            self.standing[node].append(attainment.id)


def bind(  # noqa: PLR0913 - the audit's own inputs, one by one
    shape: Shape,
    attainments: Sequence[Attainment],
    exceptions: Sequence[RequirementException],
    *,
    planned: frozenset[str],
    context: Context,
    on: date,
) -> Bound:
    """The problem of one learner on one day. `attainments` are sorted by id and include those whose id is `planned`."""
    easing = easing_of(shape, exceptions, on)
    eligibility = Eligibility(shape, easing, planned, on)
    pieces, basis = _pieces(attainments)
    known = {attainment.id: (attainment, pieces[attainment.id], attainment.id in planned) for attainment in attainments}
    empty = range(len(shape.nodes))
    found = _Found([{} for _ in empty], [{} for _ in empty], [0] * len(empty), [[] for _ in empty], [[] for _ in empty])
    refusals: list[Refusal] = []
    for attainment in attainments:
        askers = asking(shape, easing, attainment)
        if not askers:
            refusals.append(Refusal(attainment.id, "", Reason.UNASKED))
            continue
        _, piece, is_planned = known[attainment.id]
        untimely = eligibility.untimely(attainment)
        for asker in askers:
            reason = None if asker.regardless else eligibility.refused(attainment, asker.node, untimely)
            if reason is not None:
                refusals.append(Refusal(attainment.id, shape.nodes[asker.node].id, reason))
            if shape.learnt[asker.node]:
                value = _worth(attainment, shape.nodes[asker.node])
                found.attempted[asker.node][piece] = value
                if reason is None:
                    found.offer(asker.node, Option(piece, value, attainment.id, asker.exception, is_planned))
            elif reason is None:
                found.stand(asker.node, attainment, shape.nodes[asker.node].kind)
    problem = Problem(
        shape=shape,
        rules=_rules(shape, easing, context) if exceptions else _plain_rules(shape.nodes[0], context.awards_required),
        basis=basis,
        options=tuple(tuple(sorted(options.values())) if options else () for options in found.options),
        values=tuple(
            {piece: option.value for piece, option in options.items()} if options else NOTHING
            for options in found.options
        ),
        routes=_routes(shape, found, easing, known),
        gap=_gaps(shape, found.reached),
        here=context.here,
        awaiting=context.awaiting,
    )
    until = min(eligibility.turning, default=None)
    standing = tuple(tuple(names) for names in found.standing)
    return Bound(problem, easing, tuple(refusals), tuple(found.attempted), standing, until)


def _pieces(attainments: Sequence[Attainment]) -> tuple[dict[str, int], tuple[Basis, ...]]:
    """The number of each attainment's piece, and the pieces' bases: the best of their attainments'."""
    numbers: dict[str, int] = {}
    basis: list[Basis] = []
    credit: list[int | None] = []
    of: dict[str, int] = {}
    for attainment in attainments:
        if attainment.id in of:
            raise RepeatedIdError("attainment_twice", attainment=attainment.id)
        number = numbers.setdefault(attainment.piece, len(basis)) if attainment.piece else len(basis)
        if number == len(basis):
            basis.append(attainment.basis)
            credit.append(attainment.credits)
        elif credit[number] != attainment.credits:
            raise InconsistentPieceError("piece_disagrees", piece=attainment.piece)
        elif PREFERENCE[attainment.basis] < PREFERENCE[basis[number]]:
            basis[number] = attainment.basis
        of[attainment.id] = number
    return of, tuple(basis)


def _worth(attainment: Attainment, wanted: Requirement) -> int:
    """What it counts at a leaf: its own credits, else those of the competency it shows there."""
    if attainment.credits is not None:
        return attainment.credits
    return wanted.nominal if wanted.kind is Kind.COMPETENCY else 0


def _rank(option: Option) -> tuple[bool, bool, str]:
    return bool(option.exception), option.planned, option.attainment


def _routes(shape: Shape, found: _Found, easing: Easing, known: _Known) -> tuple[tuple[Route, ...], ...]:
    routes: list[tuple[Route, ...]] = [()] * len(shape.nodes)
    for node, awards in enumerate(found.awarded):
        if awards:
            routes[node] = tuple(_route(shape, found, node, award, known) for award in awards)
    for node, decision in easing.bypassed.items():
        routes[node] = (*routes[node], Route(exception=decision))
    return tuple(routes)


def _route(shape: Shape, found: _Found, node: int, award: Attainment, known: _Known) -> Route:
    _, own, planned = known[award.id]
    brings = [Brought(own, shape.nodes[node].nominal or award.credits or 0, award.id)]
    if award.spent and not shape.nodes[node].nominal:
        brings = _spent(shape, found, node, award, known)
    return Route(tuple(sorted(brings)), award.id, "", planned)


def _spent(shape: Shape, found: _Found, node: int, award: Attainment, known: _Known) -> list[Brought]:
    """The pieces that an award used up, each at its own credits or those of the leaf below `node` that asks for it."""
    brings: dict[int, Brought] = {}
    for name in sorted(award.spent):
        if name in known:
            attainment, piece, _ = known[name]
            asked = (tried.get(piece, 0) for tried in found.attempted[node : shape.end[node]])
            worth = max(asked) if attainment.credits is None else attainment.credits
            brings.setdefault(piece, Brought(piece, worth, name))
    return list(brings.values())


def _gaps(shape: Shape, reached: Sequence[int]) -> tuple[int, ...]:
    """What milestone and quantity leaves still cost: quantities by their missing share, rounded up."""
    gaps = [0] * len(shape.nodes)
    for node in shape.measured:
        wanted, whole = shape.nodes[node], shape.whole[node]
        if wanted.kind is Kind.QUANTITY:
            missing = max(0, wanted.min_quantity - reached[node])
            gaps[node] = -(-whole * missing // wanted.min_quantity)
        elif not reached[node]:
            gaps[node] = whole
    return tuple(gaps)


@lru_cache(maxsize=512)
def _plain_rules(tree: Requirement, awards_required: bool) -> Rules:
    """The rules of a tree without exceptions: the same for everybody in the program."""
    return _rules(shape_of(tree), Easing(), Context(awards_required=awards_required))


def _rules(shape: Shape, easing: Easing, context: Context) -> Rules:
    need, floor, here, caps, due = [], [], [], [], []
    for number, node in enumerate(shape.nodes):
        asked = number not in easing.waived
        need.append(asked and node.leaf and node.kind is not Kind.CREDITS)
        floor.append(node.min_credits if asked else 0)
        here.append(node.earned_here if asked else 0)
        caps.append(() if number in easing.forced else tuple((cap.basis, cap.most) for cap in node.max_source))
        due.append(asked and context.awards_required and node.kind is Kind.PROGRAM and bool(node.children))
    return Rules(tuple(need), tuple(floor), tuple(here), tuple(caps), tuple(due))
