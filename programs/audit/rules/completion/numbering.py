"""Makes the numbered problem from a tree and one learner's attainments and exceptions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from programs.audit.rules.completion.applied_exceptions import AppliedExceptions, applied_exceptions_of
from programs.audit.rules.completion.eligibility import Eligibility, Refusal
from programs.audit.rules.completion.eligible_pieces import (
    EligiblePieces,
    NumberedAttainment,
    eligible_pieces_of,
    pieces_of,
)
from programs.audit.rules.completion.numbered_tree import NumberedTree, numbered_tree_of
from programs.audit.rules.completion.problem import NOTHING, Option, Problem, Route, RoutePiece, Rules
from programs.audit.rules.completion.sharing_rules import extended, with_sharing
from programs.audit.rules.context import Context, Method
from programs.audit.rules.requirements import MAX_CACHED_TREES, Kind, MetBy, Requirement
from programs.rules.attainments import Attainment, RequirementException


@dataclass(frozen=True, slots=True)
class NumberedProblem:
    """A problem, the refused attainments, and the first later day on which the problem changes (None for never).

    Both mappings are by node number. `turned_away` has the credits of each piece that a leaf names but refuses.
    `met_by` has the attainments at a milestone or quantity, each with the exception that allows it, if any.
    """

    problem: Problem
    applied_exceptions: AppliedExceptions
    refusals: tuple[Refusal, ...]
    turned_away: Mapping[int, Mapping[int, int]]
    met_by: Mapping[int, Sequence[tuple[str, str]]]
    holds_until: date | None


def numbered_problem(  # noqa: PLR0913 - the audit's own inputs, one by one
    shape: NumberedTree,
    attainments: Sequence[Attainment],
    exceptions: Sequence[RequirementException],
    *,
    planned: frozenset[str],
    context: Context,
    on: date,
) -> NumberedProblem:
    """Return the problem of one learner on one day. `attainments` are sorted by id and include the `planned` ids."""
    applied = applied_exceptions_of(shape, exceptions, on)
    eligibility = Eligibility(shape, applied, planned, on)
    numbered, basis, study = pieces_of(attainments, planned, shape.method)
    eligible = eligible_pieces_of(shape, numbered, eligibility)
    options = [tuple(sorted(some.values())) if some else () for some in eligible.options]
    routes = _routes(shape, eligible, applied, numbered)
    problem = Problem(
        shape=shape,
        rules=_rules(shape, applied, context) if exceptions else _plain_rules(shape.nodes[0], context),
        basis=basis,
        options=tuple(options),
        values=tuple([{option[0]: option[1] for option in some} if some else NOTHING for some in options]),
        routes=routes,
        gap=_gaps(shape, eligible.reached),
        here=context.here,
        awaiting=context.awaiting,
        even=eligible.even and (routes is shape.unrouted or _even(options, routes)),
        partial=eligible.partial and any(option.exception or option.planned for some in options for option in some),
    )
    if shape.method.decides_sharing:
        problem = extended(problem, numbered, study, eligible.reached_by)
    until = min(eligibility.turning, default=None)
    return NumberedProblem(problem, applied, tuple(eligible.refusals), eligible.turned_away, eligible.met_by, until)


def _routes(
    shape: NumberedTree, eligible: EligiblePieces, applied: AppliedExceptions, numbered: Sequence[NumberedAttainment]
) -> tuple[tuple[Route, ...], ...]:
    if not (eligible.awarded or applied.bypassed):
        return shape.unrouted
    routes: list[tuple[Route, ...]] = [()] * len(shape.nodes)
    by_id = {item.attainment.id: item for item in numbered} if eligible.awarded else {}
    for node, awards in eligible.awarded.items():
        routes[node] = tuple(_route(shape, eligible, node, award, by_id)._replace(exception=by) for award, by in awards)
    for node, decision in applied.bypassed.items():
        routes[node] = (*routes[node], Route(exception=decision))
    return tuple(routes)


def _route(
    shape: NumberedTree,
    eligible: EligiblePieces,
    node: int,
    numbered: NumberedAttainment,
    by_id: Mapping[str, NumberedAttainment],
) -> Route:
    award = numbered.attainment
    pieces = [RoutePiece(numbered.piece, shape.nodes[node].nominal or award.credits or 0, award.id)]
    if award.spent and not shape.nodes[node].nominal:
        pieces = _spent(shape, eligible, node, award, by_id)
    spends: tuple[tuple[int, int], ...] = ()
    if shape.method.decides_sharing:
        taken = _spent(shape, eligible, node, award, by_id) or pieces
        spends = tuple(sorted((piece.piece, piece.value) for piece in taken))
        pieces = [
            it
            for it in pieces
            if it.attainment == award.id or not _excluded(shape, node, by_id[it.attainment].attainment)
        ]
    return Route(tuple(sorted(pieces)), award.id, "", numbered.planned, spends)


def _excluded(shape: NumberedTree, node: int, attainment: Attainment) -> bool:
    limits = shape.asker[node].limits
    return limits is not None and attainment.name in limits.excluded


def _spent(
    shape: NumberedTree, eligible: EligiblePieces, node: int, award: Attainment, by_id: Mapping[str, NumberedAttainment]
) -> list[RoutePiece]:
    """Return the pieces that an award used, with their own credits or those of the leaf below `node`."""
    pieces: dict[int, RoutePiece] = {}
    for name in sorted(award.spent):
        if name in by_id:
            attainment, piece, _ = by_id[name]
            below = range(node, shape.end[node])
            worth_at_leaf = max(eligible.worth_at(leaf, piece) for leaf in below)
            worth = worth_at_leaf if attainment.credits is None else attainment.credits
            pieces.setdefault(piece, RoutePiece(piece, worth, name))
    return list(pieces.values())


def _even(options: Sequence[Sequence[Option]], routes: Sequence[Sequence[Route]]) -> bool:
    """Return whether every piece has the same credits at every leaf and by every route."""
    worth: dict[int, int] = {}
    pairs = [option[:2] for some in options for option in some]
    pairs += [piece_of_route[:2] for some in routes for route in some for piece_of_route in route.brings]
    return all(worth.setdefault(piece, value) == value for piece, value in pairs)


def _gaps(shape: NumberedTree, reached: Mapping[int, int]) -> tuple[int, ...]:
    """Return the cost of milestone and quantity leaves now; a quantity costs its missing share, rounded up."""
    if not shape.measured:
        return shape.gapless
    gaps = [0] * len(shape.nodes)
    for node in shape.measured:
        wanted, whole = shape.nodes[node], shape.whole[node]
        if wanted.kind is Kind.QUANTITY:
            missing = max(0, wanted.min_quantity - reached.get(node, 0))
            gaps[node] = -(-whole * missing // wanted.min_quantity)
        elif not reached.get(node):
            gaps[node] = whole
    return tuple(gaps)


def _plain_rules(tree: Requirement, context: Context) -> Rules:
    """Return the rules of a tree without exceptions."""
    return _cached_rules(tree, context.awards_required, context.method)


@lru_cache(maxsize=MAX_CACHED_TREES)
def _cached_rules(tree: Requirement, awards_required: bool, method: Method) -> Rules:
    # They are the same for every learner and day. Trees are immutable, so no entry becomes invalid.
    context = Context(awards_required=awards_required, method=method)
    return _rules(numbered_tree_of(tree, method), AppliedExceptions(), context)


def _rules(shape: NumberedTree, applied: AppliedExceptions, context: Context) -> Rules:
    need, floor, here, caps, due = [], [], [], [], []
    for number, node in enumerate(shape.nodes):
        required = number not in applied.waived
        need.append(required and node.leaf and node.kind is not Kind.CREDITS)
        floor.append(node.min_credits if required else 0)
        here.append(node.earned_here if required else 0)
        caps.append(() if number in applied.forced else tuple((cap.basis, cap.most) for cap in node.max_source))
        by_award = context.awards_required if node.met_by is MetBy.CONTEXT else node.met_by is MetBy.AWARD
        due.append(required and by_award and node.kind is Kind.PROGRAM and bool(node.children))
    rules = Rules(shape, tuple(need), tuple(floor), tuple(here), tuple(caps), tuple(due))
    return with_sharing(rules, applied) if shape.method.decides_sharing else rules
