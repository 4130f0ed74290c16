"""Observations: rows of the evidence ledger about one learner and one competency, as input of the mastery rules."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction

from assessments.mastery.rules.faults import ObservationError
from assessments.mastery.rules.later_members import LATER
from core.text.faults import Fault


@dataclass(frozen=True, slots=True)
class Observation:
    """One row of the evidence ledger.

    `id` is the key of the row in one database; `public_id` is the id that a restored copy under other keys has too.
    `piece` names the piece of evidence, of which the row is one `revision`. Exactly one of
    `level` (a rank on `scale`) and `score` (exact, on `scale`) is set. `voided_at` is None if the row was not voided.
    `work` names the piece of work of which it is one of several results, "" where it is the only one; a policy that
    merges results takes their mean by `weight`.
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
    public_id: str = field(default="", metadata=LATER)
    work: str = field(default="", metadata=LATER)
    weight: Fraction = field(default=Fraction(1), metadata=LATER)

    def __post_init__(self) -> None:
        faults = tuple(self._faults())
        if faults:
            raise ObservationError(*faults)

    @property
    def order_by_key(self) -> tuple[date, datetime, int]:
        """Return the sort key of the first method versions: day of the work, instant of recording, key of the row."""
        return self.performed_on, self.recorded_at, self.id

    @property
    def order(self) -> tuple[date, datetime, str, int]:
        """Return the sort key: day of the work, instant of recording, public id.

        The key of the row comes last, for rows of a file that have no public ids; rows of a ledger never get there.
        """
        return self.performed_on, self.recorded_at, self.public_id, self.id

    def _faults(self) -> Iterator[Fault]:
        # Neither or both: in both cases it is not clear what was found.
        if (self.level is None) == (self.score is None):
            yield Fault("level", "level_or_score")
        if self.weight <= 0:
            yield Fault("weight", "weight_not_positive", {"given": str(self.weight)})
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


def distinct(observations: Iterable[Observation], *, by_key: bool) -> tuple[Observation, ...]:
    """Return every row once, in order; `by_key` is the order of the first method versions.

    Raises ObservationError when two rows of one id, of one public id, or of one revision, differ.
    """
    rows: dict[int, Observation] = {}
    public: dict[str, int] = {}
    revisions: dict[tuple[str, int], int] = {}
    for row in observations:
        if rows.setdefault(row.id, row) != row:
            raise ObservationError(Fault("id", "same_id_differs", {"given": str(row.id)}))
        # Two rows of one public id would leave their order to the keys of one database.
        if row.public_id and public.setdefault(row.public_id, row.id) != row.id:
            raise ObservationError(Fault("public_id", "same_id_differs", {"given": row.public_id}))
        # Two rows of one revision would make the current revision depend on the order of the rows.
        if revisions.setdefault((row.piece, row.revision), row.id) != row.id:
            values = {"piece": row.piece, "revision": str(row.revision)}
            raise ObservationError(Fault("revision", "same_revision_twice", values))
    if by_key:
        return tuple(sorted(rows.values(), key=lambda row: row.order_by_key))
    return tuple(sorted(rows.values(), key=lambda row: row.order))


def numbered_by(public_ids: Sequence[str], rows: Iterable[Observation]) -> tuple[Observation, ...]:
    """Return the rows with their places in `public_ids` (from 1) as ids; rows that are not in the list are left out.

    A decision record lists the public ids in the order of the keys that the rows had. Numbered by that list, they are
    decided as then, also by the first method versions, in a database that was restored under other keys.
    """
    places = {public_id: place for place, public_id in enumerate(public_ids, start=1)}
    return tuple(replace(row, id=places[row.public_id]) for row in rows if row.public_id in places)


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
