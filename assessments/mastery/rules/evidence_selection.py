"""Select the rows of the ledger that may count under a policy, with the reason for each other row."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from assessments.mastery.rules.faults import ObservationError
from assessments.mastery.rules.observations import Observation, current_revisions, voided
from assessments.mastery.rules.policies import Policy
from assessments.mastery.rules.rounding import rounded
from assessments.mastery.rules.scales import Scale
from assessments.mastery.rules.scored_evidence import Piece
from core.text.faults import Fault


class Reason(StrEnum):
    """Why a row is left out. When several reasons apply, the first of this list is named."""

    NOT_YET_KNOWN = "not_yet_known"
    SUPERSEDED = "superseded"
    VOIDED = "voided"
    OTHER_SCALE = "other_scale"
    KIND_NOT_ACCEPTED = "kind_not_accepted"
    PERFORMED_LATER = "performed_later"
    TOO_OLD = "too_old"


@dataclass(frozen=True, slots=True)
class Selection:
    """The pieces that may count, in order, and the reason for each other row. Days are not considered yet."""

    pieces: tuple[Piece, ...]
    left_out: dict[int, Reason]


def select(policy: Policy, rows: Iterable[Observation], *, known_at: datetime, heed_voids: bool = True) -> Selection:
    """Sort `rows` (distinct, in order) into pieces that may count and rows left out, as known at `known_at`.

    A correction replaces earlier revisions, and voiding the correction does not restore them. `heed_voids=False`
    selects what would count without any void.
    """
    rows = tuple(rows)
    current = current_revisions(rows, known_at=known_at)
    counting: list[Observation] = []
    left_out: dict[int, Reason] = {}
    for row in rows:
        reason = _reason(policy, row, current=current, known_at=known_at, heed_voids=heed_voids)
        if reason is None:
            counting.append(row)
        else:
            left_out[row.id] = reason
    return Selection(pieces_of(policy, counting), left_out)


def pieces_of(policy: Policy, rows: Iterable[Observation]) -> tuple[Piece, ...]:
    """Return the pieces that rows in order make up; every row has to count by itself."""
    return tuple(_piece(policy, results) for results in _by_piece(policy, rows))


def counts_by_itself(policy: Policy, row: Observation) -> bool:
    """Return whether the row may count, whatever is known about it and its piece."""
    return _reason_of_its_own(policy, row) is None


def _by_piece(policy: Policy, rows: Iterable[Observation]) -> list[list[Observation]]:
    """Return the rows of each piece: one, or all results of one piece of work and one day where the policy merges.

    Results of another day are another attempt. A merged piece takes the place of its last result.
    """
    if not policy.merges_results:
        return [[row] for row in rows]
    merged: dict[tuple[str, object], list[Observation]] = {}
    for row in rows:
        key = (row.work, row.performed_on) if row.work else ("", row.id)
        # Taken out and put in again, so that the piece stands where its last result stands.
        merged[key] = [*merged.pop(key, []), row]
    return list(merged.values())


def _reason(
    policy: Policy, row: Observation, *, current: dict[str, Observation], known_at: datetime, heed_voids: bool
) -> Reason | None:
    # In the order of `Reason`: the first one that applies is the one to name.
    if row.recorded_at > known_at:
        return Reason.NOT_YET_KNOWN
    # Also when the correction is voided: a void never restores what was corrected.
    if current[row.piece].id != row.id:
        return Reason.SUPERSEDED
    if heed_voids and voided(row, known_at=known_at):
        return Reason.VOIDED
    return _reason_of_its_own(policy, row)


def _reason_of_its_own(policy: Policy, row: Observation) -> Reason | None:
    if row.scale != policy.scale.id and not _converted(policy, row):
        return Reason.OTHER_SCALE
    if policy.accepted_kinds is not None and row.kind not in policy.accepted_kinds:
        return Reason.KIND_NOT_ACCEPTED
    return None


def _converted(policy: Policy, row: Observation) -> bool:
    """Return whether the policy states how scores of the row's scale are converted; levels are never converted."""
    return row.score is not None and policy.conversion_from(row.scale) is not None


def _piece(policy: Policy, results: list[Observation]) -> Piece:
    """Return one piece; several results are merged to their mean by weight, before anything else is made of them."""
    last = results[-1]
    value = _value(policy, last)
    if len(results) > 1:
        total = sum((row.weight for row in results), Fraction(0))
        value = sum((row.weight * _value(policy, row) for row in results), Fraction(0)) / total
    score = rounded(value)
    at_level = score > 0 if policy.rule.adds_up else score >= policy.target_level.reached_at
    return Piece(last.id, last.performed_on, value, score, at_level, last.assessor, tuple(row.id for row in results))


def _value(policy: Policy, row: Observation) -> Fraction:
    if policy.conversions and row.score is not None:
        conversion = policy.conversion_from(row.scale)
        if conversion is not None:
            return conversion.converted(row.score)
    return value_of(row, policy.scale)


def value_of(row: Observation, scale: Scale) -> Fraction:
    """Return the exact score of a row on `scale`: its own score, or the one that reaches its level.

    Raises ObservationError when the scale has no such level.
    """
    if row.score is not None:
        return row.score
    level = None if row.level is None else scale.level_at(row.level)
    if level is None:
        values = {"id": str(row.id), "given": str(row.level), "scale": scale.id}
        raise ObservationError(Fault("level", "rank_not_on_scale", values))
    # A level counts as the lowest score that reaches it, so levels and scores can be compared.
    return Fraction(level.reached_at)
