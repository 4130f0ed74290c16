"""Puts one learner's attainments and exceptions to a tree: the numbered problem, and what it leaves out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from programs.audit.rules.completion.applied_exceptions import Easing, easing_of
from programs.audit.rules.completion.eligibility import Eligibility, Refusal
from programs.audit.rules.completion.eligible_pieces import Gathered, Known, gather, pieces_of
from programs.audit.rules.completion.numbered_tree import Shape, shape_of
from programs.audit.rules.completion.problem import NOTHING, Brought, Option, Problem, Route, Rules
from programs.audit.rules.context import Context
from programs.audit.rules.requirements import TREES_KEPT, Kind, Requirement
from programs.rules.attainments import Attainment, RequirementException


@dataclass(frozen=True, slots=True)
class Bound:
    """A problem, what was refused on the way to it, and the first day on which it could differ by itself.

    By node number, where there is any: `turned_away` is what each piece would be worth that asks to count there and may
    not; `standing` what counts at a milestone or quantity leaf, and the exception by which it does.
    """

    problem: Problem
    easing: Easing
    refusals: tuple[Refusal, ...]
    turned_away: Mapping[int, Mapping[int, int]]
    standing: Mapping[int, Sequence[tuple[str, str]]]
    holds_until: date | None


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
    known, basis = pieces_of(attainments, planned)
    found = gather(shape, known, eligibility)
    options = [tuple(sorted(some.values())) if some else () for some in found.options]
    routes = _routes(shape, found, easing, known)
    problem = Problem(
        shape=shape,
        rules=_rules(shape, easing, context) if exceptions else _plain_rules(shape.nodes[0], context.awards_required),
        basis=basis,
        options=tuple(options),
        values=tuple([{option[0]: option[1] for option in some} if some else NOTHING for some in options]),
        routes=routes,
        gap=_gaps(shape, found.reached),
        here=context.here,
        awaiting=context.awaiting,
        even=found.even and (routes is shape.unrouted or _even(options, routes)),
        partial=found.partial and any(option.exception or option.planned for some in options for option in some),
    )
    until = min(eligibility.turning, default=None)
    return Bound(problem, easing, tuple(found.refusals), found.turned_away, found.standing, until)


def _routes(shape: Shape, found: Gathered, easing: Easing, known: Sequence[Known]) -> tuple[tuple[Route, ...], ...]:
    if not (found.awarded or easing.bypassed):
        return shape.unrouted
    routes: list[tuple[Route, ...]] = [()] * len(shape.nodes)
    by_id = {item.attainment.id: item for item in known} if found.awarded else {}
    for node, awards in found.awarded.items():
        routes[node] = tuple(_route(shape, found, node, award, by_id)._replace(exception=by) for award, by in awards)
    for node, decision in easing.bypassed.items():
        routes[node] = (*routes[node], Route(exception=decision))
    return tuple(routes)


def _route(shape: Shape, found: Gathered, node: int, known: Known, by_id: Mapping[str, Known]) -> Route:
    award = known.attainment
    brings = [Brought(known.piece, shape.nodes[node].nominal or award.credits or 0, award.id)]
    if award.spent and not shape.nodes[node].nominal:
        brings = _spent(shape, found, node, award, by_id)
    return Route(tuple(sorted(brings)), award.id, "", known.planned)


def _spent(shape: Shape, found: Gathered, node: int, award: Attainment, by_id: Mapping[str, Known]) -> list[Brought]:
    """The pieces that an award used up, each at its own credits or those of the leaf below `node` that asks for it."""
    brings: dict[int, Brought] = {}
    for name in sorted(award.spent):
        if name in by_id:
            attainment, piece, _ = by_id[name]
            below = range(node, shape.end[node])
            asked = max(found.asked(leaf, piece) for leaf in below)
            worth = asked if attainment.credits is None else attainment.credits
            brings.setdefault(piece, Brought(piece, worth, name))
    return list(brings.values())


def _even(options: Sequence[Sequence[Option]], routes: Sequence[Sequence[Route]]) -> bool:
    """Whether every piece is worth the same at every leaf and by every route."""
    worth: dict[int, int] = {}
    pairs = [option[:2] for some in options for option in some]
    pairs += [brought[:2] for some in routes for route in some for brought in route.brings]
    return all(worth.setdefault(piece, value) == value for piece, value in pairs)


def _gaps(shape: Shape, reached: Mapping[int, int]) -> tuple[int, ...]:
    """What milestone and quantity leaves still cost: quantities by their missing share, rounded up."""
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


@lru_cache(maxsize=TREES_KEPT)
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
    return Rules(shape, tuple(need), tuple(floor), tuple(here), tuple(caps), tuple(due))
