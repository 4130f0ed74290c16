"""Select the rows of the ledger that may count under a policy, with the reason for each other row."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from assessments.mastery.rules.faults import ObservationError
from assessments.mastery.rules.observations import Observation, current_revisions, voided
from assessments.mastery.rules.policies import Policy
from assessments.mastery.rules.rounding import rounded
from assessments.mastery.rules.scales import Scale
from assessments.mastery.rules.scored_evidence import Piece
from core.text.faults import Fault

# The exact value of a row on the policy's scale, its rounded score, and whether that reaches the policy's level.
Worth = tuple[Fraction, Decimal, bool]


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
    # Exact arithmetic is slow, and a scale has few levels: what a level is worth is worked out once.
    by_level: dict[int, Worth] = {}
    pieces: list[Piece] = []
    left_out: dict[int, Reason] = {}
    for row in rows:
        reason = _reason(policy, row, current=current, known_at=known_at, heed_voids=heed_voids)
        if reason is None:
            pieces.append(Piece(row.id, row.performed_on, *_worth(policy, row, by_level), row.assessor))
        else:
            left_out[row.id] = reason
    return Selection(tuple(pieces), left_out)


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
    if row.scale != policy.scale.id:
        return Reason.OTHER_SCALE
    if policy.accepted_kinds is not None and row.kind not in policy.accepted_kinds:
        return Reason.KIND_NOT_ACCEPTED
    return None


def _worth(policy: Policy, row: Observation, by_level: dict[int, Worth]) -> Worth:
    """Return what a row is worth; rows that were judged by level share the entries of `by_level`."""
    if row.level is not None and row.level in by_level:
        return by_level[row.level]
    value = value_of(row, policy.scale)
    score = rounded(value)
    worth = value, score, score >= policy.target_level.reached_at
    if row.level is not None:
        by_level[row.level] = worth
    return worth


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
