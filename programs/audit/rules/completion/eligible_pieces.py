"""Offers each attainment of a learner to the leaves: where it may count, and why it does not count elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from programs.audit.rules.completion.eligibility import Eligibility, Reason, Refusal
from programs.audit.rules.completion.numbered_tree import AskingLeaf, NumberedTree
from programs.audit.rules.completion.problem import Option
from programs.audit.rules.context import Method
from programs.audit.rules.errors import InconsistentPieceError, RepeatedIdError
from programs.audit.rules.requirements import Kind
from programs.rules.attainments import Attainment, AttainmentKind, Basis

PREFERENCE = {basis: rank for rank, basis in enumerate(Basis)}


class NumberedAttainment(NamedTuple):
    """An attainment, the number of its piece, and whether it is only planned."""

    attainment: Attainment
    piece: int
    planned: bool


@dataclass(slots=True)
class EligiblePieces:
    """The attainments that may count, by node number.

    `options` are the pieces that may count at a leaf. `turned_away` are the pieces that a leaf names but refuses, with
    the credits they would have there. `reached` is the amount at milestones and quantities, `reached_by` the same by
    basis, `met_by` the attainments that make it up; `awarded` are awards at programs. The last two carry the exception
    that allows them, if any. `worth` holds the credits of pieces without credits of their own; `even` is true while
    each piece is worth the same at every leaf. `partial` is true once some options are planned or need an exception,
    and others do not.
    """

    options: list[dict[int, Option] | None]
    turned_away: dict[int, dict[int, int]] = field(default_factory=dict)
    reached: dict[int, int] = field(default_factory=dict)
    reached_by: dict[int, dict[Basis, int]] = field(default_factory=dict)
    met_by: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    awarded: dict[int, list[tuple[NumberedAttainment, str]]] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    worth: dict[int, int] = field(default_factory=dict)
    even: bool = True
    partial: bool = False

    def worth_at(self, node: int, piece: int) -> int:
        """Return the credits of a piece at a leaf that names it, whether it may count or not.

        0 where no leaf names it.
        """
        option = (self.options[node] or {}).get(piece)
        return self.turned_away.get(node, {}).get(piece, 0) if option is None else option.value


def eligible_pieces_of(
    shape: NumberedTree, numbered: Sequence[NumberedAttainment], eligibility: Eligibility
) -> EligiblePieces:
    """Offer every attainment to every leaf that asks for it."""
    eligible = EligiblePieces([None] * len(shape.nodes))
    for item in numbered:
        askers = eligibility.asking(item[0])
        if askers:
            _offer(eligible, shape, eligibility, item, askers)
        else:
            eligible.refusals.append(Refusal(item[0].id, "", Reason.UNASKED))
    return eligible


def _offer(  # noqa: C901, PLR0912 - the innermost loop of every audit: calls would take most of its time
    eligible: EligiblePieces,
    shape: NumberedTree,
    eligibility: Eligibility,
    item: NumberedAttainment,
    askers: Sequence[AskingLeaf],
) -> None:
    """Of two attainments of one piece, keep the one that needs no exception and is not merely planned."""
    attainment, piece, planned = item
    untimely, level, own = eligibility.untimely(attainment), attainment.level, attainment.credits
    decided_by = attainment.policy if attainment.kind is AttainmentKind.MASTERY else None
    name, every = attainment.id, eligible.options
    learnt_kind = attainment.kind is AttainmentKind.MASTERY or attainment.kind is AttainmentKind.RECOGNITION
    for asker in askers:
        node, least, within, policy, learnt, collects, alone, exception, regardless, limits = asker
        reason: Reason | None = None
        if limits is not None:
            reason = eligibility.beyond(attainment, limits)
            if collects and own is None and learnt_kind:
                alone = limits.credit_of(attainment.competency)
        if reason is not None:
            pass
        elif not regardless:
            if least and (level is None or level < least):
                reason = Reason.LEVEL
            elif policy and decided_by is not None and decided_by != policy:
                reason = Reason.POLICY
            elif collects and not own and (own is not None or not alone):
                reason = Reason.WITHOUT_CREDITS
            elif untimely is not None:
                reason = untimely
            elif within is not None:
                reason = eligibility.aged(attainment, within)
        elif untimely is Reason.NOT_YET:
            reason = untimely
        if reason is not None:
            _turn_away(eligible, shape, item, asker, reason, alone)
        elif not learnt:
            _stand(eligible, shape.nodes[node].kind, item, asker)
        else:
            value = own
            if value is None:
                value = alone
                if eligible.worth.setdefault(piece, value) != value:
                    eligible.even = False
            if planned or exception:
                eligible.partial = True
            option = tuple.__new__(Option, (piece, value, name, exception, planned))  # half the time of Option()
            options = every[node]
            if options is None:
                every[node] = {piece: option}
            elif piece not in options or _rank(option) < _rank(options[piece]):
                options[piece] = option


def _turn_away(  # noqa: PLR0913, PLR0917 - called for every refusal; an object to carry them would cost more
    eligible: EligiblePieces,
    shape: NumberedTree,
    item: NumberedAttainment,
    asker: AskingLeaf,
    reason: Reason,
    alone: int,
) -> None:
    attainment = item.attainment
    eligible.refusals.append(Refusal(attainment.id, shape.nodes[asker.node].id, reason))
    if asker.learnt:
        worth = alone if attainment.credits is None else attainment.credits
        eligible.turned_away.setdefault(asker.node, {})[item.piece] = worth


def _rank(option: Option) -> tuple[bool, bool, str]:
    return bool(option.exception), option.planned, option.attainment


def _stand(eligible: EligiblePieces, kind: Kind, item: NumberedAttainment, asker: AskingLeaf) -> None:
    """Count an attainment without credits at a program, milestone or quantity that it meets, wholly or in part."""
    if kind is Kind.PROGRAM:
        eligible.awarded.setdefault(asker.node, []).append((item, asker.exception))
    else:
        amount = item.attainment.quantity if kind is Kind.QUANTITY else 1
        eligible.reached[asker.node] = eligible.reached.get(asker.node, 0) + amount
        by_basis = eligible.reached_by.setdefault(asker.node, {})
        by_basis[item.attainment.basis] = by_basis.get(item.attainment.basis, 0) + amount
        eligible.met_by.setdefault(asker.node, []).append((item.attainment.id, asker.exception))


class Pieces(NamedTuple):
    """The attainments with the numbers of their pieces, and the basis of each piece.

    In `audit@2` one piece of study may come in several variants, which differ in basis or credits; then each variant
    has a number, and `study` gives the same number to the variants of one piece.
    """

    numbered: list[NumberedAttainment]
    basis: tuple[Basis, ...]
    study: tuple[int, ...] = ()


def pieces_of(attainments: Sequence[Attainment], planned: frozenset[str], method: Method = Method.ONE) -> Pieces:
    """Number the pieces of attainments. In `audit@1` the basis of a piece is the best basis of its attainments.

    Raises RepeatedIdError, and in `audit@1` InconsistentPieceError where attainments of one piece differ in credits.
    """
    if len({attainment.id for attainment in attainments}) < len(attainments):
        ids = [attainment.id for attainment in attainments]
        raise RepeatedIdError("attainment_twice", attainment=next(name for name in ids if ids.count(name) > 1))
    if method.decides_sharing:
        return _variants_of(attainments, planned)
    numbers: dict[str, int] = {}
    basis: list[Basis] = []
    credit: list[int | None] = []
    numbered: list[NumberedAttainment] = []
    for attainment in attainments:
        named = attainment.piece
        number = numbers.setdefault(named, len(basis)) if named else len(basis)
        if number == len(basis):
            basis.append(attainment.basis)
            credit.append(attainment.credits)
        elif credit[number] != attainment.credits:
            raise InconsistentPieceError("piece_disagrees", piece=named)
        elif PREFERENCE[attainment.basis] < PREFERENCE[basis[number]]:
            basis[number] = attainment.basis
        numbered.append(tuple.__new__(NumberedAttainment, (attainment, number, attainment.id in planned)))
    return Pieces(numbered, tuple(basis))


def _variants_of(attainments: Sequence[Attainment], planned: frozenset[str]) -> Pieces:
    """Number the variants of pieces: a piece of several bases keeps each of them, and no basis improves another."""
    further: dict[tuple[str, Basis, int | None], int] = {}
    first: dict[str, int] = {}
    study: list[int] = []
    numbered: list[NumberedAttainment] = []
    basis: list[Basis] = []
    credit: list[int | None] = []
    for attainment in attainments:
        name = piece_of(attainment)
        number = first.setdefault(name, len(basis))
        if number < len(basis) and (basis[number] is not attainment.basis or credit[number] != attainment.credits):
            number = further.setdefault((name, attainment.basis, attainment.credits), len(basis))
        if number == len(basis):
            basis.append(attainment.basis)
            credit.append(attainment.credits)
            study.append(first[name])
        numbered.append(tuple.__new__(NumberedAttainment, (attainment, number, attainment.id in planned)))
    return Pieces(numbered, tuple(basis), tuple(study) if len(first) < len(basis) else ())


def piece_of(attainment: Attainment) -> str:
    """Return the piece of study of an attainment in `audit@2`.

    A recognition without a piece of its own is the piece of its competency, which mastery of that competency is too.
    """
    if attainment.piece:
        return attainment.piece
    if attainment.kind is AttainmentKind.RECOGNITION and attainment.competency:
        return f"mastery:{attainment.competency}"
    return f"/{attainment.id}"
