"""Observations: rows of the evidence ledger about one learner and one competency, as input of the mastery rules."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from assessments.mastery.rules.faults import ObservationError
from core.text.faults import Fault


@dataclass(frozen=True, slots=True)
class Observation:
    """One row of the evidence ledger.

    `id` is the id of the row. `piece` names the piece of evidence, of which the row is one `revision`. Exactly one of
    `level` (a rank on `scale`) and `score` (exact, on `scale`) is set. `voided_at` is None if the row was not voided.
    An observation that contradicts itself raises ObservationError when it is built.
    """

    id: int
    piece: str
    performed_on: date
    recorded_at: datetime
    scale: str
    level: int | None = None
    score: Fraction | None = None
    kind: str = ""
    assessor: str | None = None
    revision: int = 1
    voided_at: datetime | None = None

    def __post_init__(self) -> None:
        faults = tuple(self._faults())
        if faults:
            raise ObservationError(*faults)

    @property
    def order(self) -> tuple[date, datetime, int]:
        """Return the sort key: the day of the work, then the instant of recording, then the id of the row."""
        return self.performed_on, self.recorded_at, self.id

    def _faults(self) -> Iterator[Fault]:
        # Neither or both: in both cases it is not clear what was found.
        if (self.level is None) == (self.score is None):
            yield Fault("level", "level_or_score")
        if self.revision < 1:
            yield Fault("revision", "out_of_range", {"given": str(self.revision), "least": "1", "most": "∞"})
        if not aware(self.recorded_at):
            yield Fault("recorded_at", "without_time_zone")
        elif self.voided_at is not None:
            if not aware(self.voided_at):
                yield Fault("voided_at", "without_time_zone")
            elif self.voided_at < self.recorded_at:
                yield Fault("voided_at", "voided_before_recorded")


def aware(instant: datetime) -> bool:
    """Return whether the instant has an offset from UTC; only such instants can be compared."""
    return instant.utcoffset() is not None


def distinct(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """Return every row once, in order. Raises ObservationError when two rows of one id, or of one revision, differ."""
    rows: dict[int, Observation] = {}
    revisions: dict[tuple[str, int], int] = {}
    for row in observations:
        if rows.setdefault(row.id, row) != row:
            raise ObservationError(Fault("id", "same_id_differs", {"given": str(row.id)}))
        # Two rows of one revision would make the current revision depend on the order of the rows.
        if revisions.setdefault((row.piece, row.revision), row.id) != row.id:
            values = {"piece": row.piece, "revision": str(row.revision)}
            raise ObservationError(Fault("revision", "same_revision_twice", values))
    return tuple(sorted(rows.values(), key=lambda row: row.order))


def current_revisions(rows: Iterable[Observation], *, known_at: datetime) -> dict[str, Observation]:
    """Return by piece its highest revision that was recorded by `known_at`, voided or not."""
    current: dict[str, Observation] = {}
    for row in rows:
        if row.recorded_at <= known_at:
            highest = current.get(row.piece)
            if highest is None or row.revision > highest.revision:
                current[row.piece] = row
    return current


def voided(row: Observation, *, known_at: datetime) -> bool:
    """Return whether the row is voided at `known_at`; a void counts from its own instant on."""
    return row.voided_at is not None and row.voided_at <= known_at


def just_before(instant: datetime) -> datetime:
    """Return the last instant before `instant` that a datetime can represent."""
    return instant - timedelta.resolution
