"""Takes in what a learner brings, attainment by attainment: what may count where, and why the rest does not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from programs.rules.attainments import Attainment, Basis
from programs.rules.completion.easing import Easing
from programs.rules.completion.eligibility import Eligibility, Reason, Refusal, asking
from programs.rules.completion.problem import Option
from programs.rules.completion.shape import Asker, Shape
from programs.rules.errors import InconsistentPieceError, RepeatedIdError
from programs.rules.requirements import Kind

PREFERENCE = {basis: rank for rank, basis in enumerate(Basis)}


class Known(NamedTuple):
    """An attainment with the number of its piece, and whether it is only planned."""

    attainment: Attainment
    piece: int
    planned: bool


@dataclass(slots=True)
class Gathered:
    """What attainments add up to, by node number.

    `options` by piece may count there; `attempted` is what each piece would be worth that asks to, whether it may or
    not; `reached` is how far milestones and quantities are, by what is `standing`; `awarded` are awards of programs.
    """

    options: dict[int, dict[int, Option]] = field(default_factory=dict)
    attempted: dict[int, dict[int, int]] = field(default_factory=dict)
    reached: dict[int, int] = field(default_factory=dict)
    standing: dict[int, list[str]] = field(default_factory=dict)
    awarded: dict[int, list[Known]] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)


def gather(shape: Shape, known: Sequence[Known], easing: Easing, eligibility: Eligibility) -> Gathered:
    """Offer every attainment to every leaf that asks for it."""
    found = Gathered()
    for item in known:
        attainment = item.attainment
        askers = asking(shape, easing, attainment)
        if not askers:
            found.refusals.append(Refusal(attainment.id, "", Reason.UNASKED))
            continue
        untimely = eligibility.untimely(attainment)
        for asker in askers:
            node = asker.node
            reason = None if asker.regardless else eligibility.refused(attainment, node, untimely)
            if reason is not None:
                found.refusals.append(Refusal(attainment.id, shape.nodes[node].id, reason))
            if shape.learnt[node]:
                _offer(found, shape, item, asker, eligible=reason is None)
            elif reason is None:
                _stand(found, shape.nodes[node].kind, item, node)
    return found


def _offer(found: Gathered, shape: Shape, item: Known, asker: Asker, *, eligible: bool) -> None:
    """Of two attainments of one piece the plain one stands: not by an exception, not merely planned."""
    value = item.attainment.credits
    if value is None:
        value = shape.alone[asker.node]
    found.attempted.setdefault(asker.node, {})[item.piece] = value
    if eligible:
        option = Option(item.piece, value, item.attainment.id, asker.exception, item.planned)
        options = found.options.setdefault(asker.node, {})
        standing = options.get(item.piece)
        if standing is None or _rank(option) < _rank(standing):
            options[item.piece] = option


def _rank(option: Option) -> tuple[bool, bool, str]:
    return bool(option.exception), option.planned, option.attainment


def _stand(found: Gathered, kind: Kind, item: Known, node: int) -> None:
    """Count it at a leaf that it simply meets, or meets a part of."""
    if kind is Kind.PROGRAM:
        found.awarded.setdefault(node, []).append(item)
    else:
        amount = item.attainment.quantity if kind is Kind.QUANTITY else 1
        found.reached[node] = found.reached.get(node, 0) + amount
        found.standing.setdefault(node, []).append(item.attainment.id)


def pieces_of(attainments: Sequence[Attainment]) -> tuple[dict[str, int], tuple[Basis, ...]]:
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
