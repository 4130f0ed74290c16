"""Takes in what a learner brings, attainment by attainment: what may count where, and why the rest does not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from programs.audit.rules.completion.eligibility import Eligibility, Reason, Refusal
from programs.audit.rules.completion.numbered_tree import Asker, Shape
from programs.audit.rules.completion.problem import Option
from programs.audit.rules.errors import InconsistentPieceError, RepeatedIdError
from programs.audit.rules.requirements import Kind
from programs.rules.attainments import Attainment, AttainmentKind, Basis

PREFERENCE = {basis: rank for rank, basis in enumerate(Basis)}


class Known(NamedTuple):
    """An attainment with the number of its piece, and whether it is only planned."""

    attainment: Attainment
    piece: int
    planned: bool


@dataclass(slots=True)
class Gathered:
    """What attainments add up to, by node number.

    `options` by piece may count there; `turned_away` is what each other piece would be worth that asks to. `reached` is
    how far milestones and quantities are, by what is `standing`; `awarded` are awards of programs; both with the
    exceptions they stand by. `worth` are pieces without credits of their own, `even` while each of them is worth the
    same wherever it may be used; `partial` once some options are wished for less than others.
    """

    options: list[dict[int, Option] | None]
    turned_away: dict[int, dict[int, int]] = field(default_factory=dict)
    reached: dict[int, int] = field(default_factory=dict)
    standing: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    awarded: dict[int, list[tuple[Known, str]]] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    worth: dict[int, int] = field(default_factory=dict)
    even: bool = True
    partial: bool = False

    def asked(self, node: int, piece: int) -> int:
        """What the piece is worth at the leaf it asks for, whether it may count there or not; 0 where it does not."""
        option = (self.options[node] or {}).get(piece)
        return self.turned_away.get(node, {}).get(piece, 0) if option is None else option.value


def gather(shape: Shape, known: Sequence[Known], eligibility: Eligibility) -> Gathered:
    """Offer every attainment to every leaf that asks for it."""
    found = Gathered([None] * len(shape.nodes))
    for item in known:
        askers = eligibility.asking(item[0])
        if askers:
            _offer(found, shape, eligibility, item, askers)
        else:
            found.refusals.append(Refusal(item[0].id, "", Reason.UNASKED))
    return found


def _offer(  # noqa: C901, PLR0912 - the innermost loop of every audit: calls would take most of its time
    found: Gathered, shape: Shape, eligibility: Eligibility, item: Known, askers: Sequence[Asker]
) -> None:
    """Of two attainments of one piece the plain one stands: not by an exception, not merely planned."""
    attainment, piece, planned = item
    untimely, level, own = eligibility.untimely(attainment), attainment.level, attainment.credits
    decided_by = attainment.policy if attainment.kind is AttainmentKind.MASTERY else None
    name, every = attainment.id, found.options
    for asker in askers:
        node, least, within, policy, learnt, collects, alone, exception, regardless = asker
        reason: Reason | None = None
        if not regardless:
            if least and (level is None or level < least):
                reason = Reason.LEVEL
            elif policy and decided_by is not None and decided_by != policy:
                reason = Reason.POLICY
            elif collects and not own:
                reason = Reason.WITHOUT_CREDITS
            elif untimely is not None:
                reason = untimely
            elif within is not None:
                reason = eligibility.aged(attainment, within)
        elif untimely is Reason.NOT_YET:
            reason = untimely
        if reason is not None:
            _turn_away(found, shape, item, asker, reason)
        elif not learnt:
            _stand(found, shape.nodes[node].kind, item, asker)
        else:
            value = own
            if value is None:
                value = alone
                if found.worth.setdefault(piece, value) != value:
                    found.even = False
            if planned or exception:
                found.partial = True
            option = tuple.__new__(Option, (piece, value, name, exception, planned))  # half the time of Option()
            options = every[node]
            if options is None:
                every[node] = {piece: option}
            elif piece not in options or _rank(option) < _rank(options[piece]):
                options[piece] = option


def _turn_away(found: Gathered, shape: Shape, item: Known, asker: Asker, reason: Reason) -> None:
    attainment = item.attainment
    found.refusals.append(Refusal(attainment.id, shape.nodes[asker.node].id, reason))
    if asker.learnt:
        worth = asker.alone if attainment.credits is None else attainment.credits
        found.turned_away.setdefault(asker.node, {})[item.piece] = worth


def _rank(option: Option) -> tuple[bool, bool, str]:
    return bool(option.exception), option.planned, option.attainment


def _stand(found: Gathered, kind: Kind, item: Known, asker: Asker) -> None:
    """Count it at a leaf that it simply meets, or meets a part of."""
    if kind is Kind.PROGRAM:
        found.awarded.setdefault(asker.node, []).append((item, asker.exception))
    else:
        amount = item.attainment.quantity if kind is Kind.QUANTITY else 1
        found.reached[asker.node] = found.reached.get(asker.node, 0) + amount
        found.standing.setdefault(asker.node, []).append((item.attainment.id, asker.exception))


def pieces_of(attainments: Sequence[Attainment], planned: frozenset[str]) -> tuple[list[Known], tuple[Basis, ...]]:
    """The attainments with the numbers of their pieces, and the pieces' bases: the best of their attainments'."""
    if len({attainment.id for attainment in attainments}) < len(attainments):
        ids = [attainment.id for attainment in attainments]
        raise RepeatedIdError("attainment_twice", attainment=next(name for name in ids if ids.count(name) > 1))
    numbers: dict[str, int] = {}
    basis: list[Basis] = []
    credit: list[int | None] = []
    known: list[Known] = []
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
        known.append(tuple.__new__(Known, (attainment, number, attainment.id in planned)))
    return known, tuple(basis)
