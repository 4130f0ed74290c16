"""Puts one learner's attainments and exceptions to a tree: the numbered problem, and why the rest does not count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from programs.rules.attainments import Attainment, Basis, RequirementException
from programs.rules.completion.easing import Easing, easing_of
from programs.rules.completion.eligibility import Asker, Eligibility, Reason, Refusal, asking
from programs.rules.completion.problem import Brought, Option, Problem, Route, Rules
from programs.rules.completion.shape import Shape
from programs.rules.context import Context
from programs.rules.errors import InconsistentPieceError, RepeatedIdError
from programs.rules.requirements import Kind

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
        asked = False
        for asker in asking(shape, easing, attainment):
            asked = True
            reason = None if asker.regardless else eligibility.refused(attainment, asker.node)
            if reason is not None:
                refusals.append(Refusal(attainment.id, shape.nodes[asker.node].id, reason))
            _take(found, shape, attainment, asker, pieces[attainment.id], reason is None, attainment.id in planned)
        if not asked:
            refusals.append(Refusal(attainment.id, "", Reason.UNASKED))
    problem = Problem(
        shape=shape,
        rules=_rules(shape, easing, context),
        basis=basis,
        options=tuple(tuple(sorted(options.values())) for options in found.options),
        routes=tuple(_routes(shape, found, easing, node, known) for node in empty),
        gap=tuple(_gap(shape, node, found.reached[node]) for node in empty),
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
        key = f"piece {attainment.piece}" if attainment.piece else f"alone {attainment.id}"
        number = numbers.setdefault(key, len(basis))
        if number == len(basis):
            basis.append(attainment.basis)
            credit.append(attainment.credits)
        elif credit[number] != attainment.credits:
            raise InconsistentPieceError("piece_disagrees", piece=attainment.piece)
        elif PREFERENCE[attainment.basis] < PREFERENCE[basis[number]]:
            basis[number] = attainment.basis
        of[attainment.id] = number
    return of, tuple(basis)


def _take(  # noqa: PLR0913, PLR0917 - private, called once, one argument per fact
    found: _Found, shape: Shape, attainment: Attainment, asker: Asker, piece: int, eligible: bool, planned: bool
) -> None:
    node = asker.node
    wanted = shape.nodes[node]
    if wanted.kind in {Kind.COMPETENCY, Kind.CREDITS}:
        value = attainment.credits
        if value is None:
            value = wanted.nominal if wanted.kind is Kind.COMPETENCY else 0
        found.attempted[node][piece] = value
        if eligible:
            option = Option(piece, value, attainment.id, asker.exception, planned)
            standing = found.options[node].get(piece)
            if standing is None or _rank(option) < _rank(standing):
                found.options[node][piece] = option
    elif eligible and wanted.kind is Kind.PROGRAM:
        found.awarded[node].append(attainment)
    elif eligible:
        found.reached[node] += attainment.quantity if wanted.kind is Kind.QUANTITY else 1
        found.standing[node].append(attainment.id)


def _rank(option: Option) -> tuple[bool, bool, str]:
    """Of two attainments of one piece the plain one stands: not by an exception, not merely planned."""
    return bool(option.exception), option.planned, option.attainment


def _routes(shape: Shape, found: _Found, easing: Easing, node: int, known: _Known) -> tuple[Route, ...]:
    routes = []
    for award in found.awarded[node]:
        _, own, planned = known[award.id]
        brings = [Brought(own, shape.nodes[node].nominal or award.credits or 0, award.id)]
        if award.spent and not shape.nodes[node].nominal:
            brings = _spent(shape, found, node, award, known)
        routes.append(Route(tuple(sorted(brings)), award.id, "", planned))
    if node in easing.bypassed:
        routes.append(Route(exception=easing.bypassed[node]))
    return tuple(routes)


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


def _gap(shape: Shape, node: int, reached: int) -> int:
    """What a milestone or quantity leaf still costs: quantities by their missing share, rounded up."""
    wanted, whole = shape.nodes[node], shape.whole[node]
    if wanted.kind is Kind.MILESTONE:
        return 0 if reached else whole
    if wanted.kind is Kind.QUANTITY:
        missing = max(0, wanted.min_quantity - reached)
        return -(-whole * missing // wanted.min_quantity)
    return 0


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
