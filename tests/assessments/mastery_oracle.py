"""The mastery decision once more, naive and day by day: what `decide` is held against.

Written from DESIGN.md and the docstring of State, without anything of `assessments/rules` but its input types: it asks
every question of every day anew, and is slow on purpose.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import reduce

from assessments.mastery.rules.observations import Observation
from assessments.mastery.rules.policies import Policy
from assessments.mastery.rules.time_spans import Span, Unit

DAY = timedelta(days=1)


def mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Answer:
    score: Decimal | None
    level: int | None
    state: str
    mastered_on: date | None
    ended_on: date | None
    used: set[int]


def to_two_places(value: Fraction) -> Decimal:
    with localcontext(prec=200):
        return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def value_of(row: Observation, policy: Policy) -> Fraction:
    if row.score is None:
        return Fraction(next(level.reached_at for level in policy.scale.levels if level.rank == row.level))
    for way in policy.conversions:
        if way.scale == row.scale:
            length, source_length = Fraction(way.most - way.least), Fraction(way.source_most - way.source_least)
            return Fraction(way.least) + (row.score - Fraction(way.source_least)) * length / source_length
    return row.score


@dataclass(frozen=True)
class Result:
    """A piece of evidence: one row, or the results of one piece of work and day together."""

    value: Fraction
    day: date
    assessor: str | None

    @property
    def shown(self) -> Decimal:
        return to_two_places(self.value)


def results(counted: list[Observation], policy: Policy) -> list[Result]:
    """The pieces that rows in order make up, each where its last row stands."""
    pieces = []
    for row in counted:
        together = [
            other
            for other in counted
            if other is row
            or (policy.merges_results and row.work and (other.work, other.performed_on) == (row.work, row.performed_on))
        ]
        if together[-1] is not row:
            continue
        weight = sum(other.weight for other in together)
        value = sum(other.weight * value_of(other, policy) for other in together) / weight
        pieces.append(Result(Fraction(value), row.performed_on, row.assessor))
    return pieces


def last_day(span: Span, day: date) -> date:
    if span.unit is Unit.DAYS:
        return day + span.amount * DAY
    year, month = day.year, day.month
    for _ in range(span.amount):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for number in range(day.day, 0, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError("every month has a first")


class Oracle:
    def __init__(self, policy: Policy, rows: tuple[Observation, ...], first_day: date) -> None:
        self.policy = policy
        self.rows = rows
        self.first_day = first_day
        self.threshold = next(level.reached_at for level in policy.scale.levels if level.rank == policy.level)

    def answer(self, as_of: date, known_at: datetime) -> Answer:
        state = self.state(as_of, known_at)
        counted = self.counted(as_of, known_at)
        score = self.score(counted)
        reached = [level.rank for level in self.policy.scale.levels if score is not None and score >= level.reached_at]
        mastered_on, ended_on = None, None
        if state in {"mastered", "lapsed"}:
            day = as_of
            while not self.holds(day, known_at):
                ended_on = day
                day -= DAY
            while self.holds(day, known_at):
                mastered_on = day
                day -= DAY
        used = {row.id for row in counted}
        return Answer(score, max(reached, default=None), state, mastered_on, ended_on, used)

    def state(self, day: date, known_at: datetime) -> str:
        if self.holds(day, known_at):
            return "mastered"
        if self.lapsed(day, known_at):
            return "lapsed"
        voids = {row.voided_at for row in self.rows if row.voided_at is not None and row.voided_at <= known_at}
        without_voids = self.holds(day, known_at, voids=False) or self.lapsed(day, known_at, voids=False)
        if without_voids and any(self.once(day, void - A_MOMENT) for void in voids):
            return "withdrawn"
        return "below" if self.counted(day, known_at) else "none"

    def lapsed(self, day: date, known_at: datetime, *, voids: bool = True) -> bool:
        return self.holds(day, known_at, voids=voids, time=False) and self.once(day, known_at, voids=voids)

    def once(self, day: date, known_at: datetime, *, voids: bool = True) -> bool:
        days = ((day - number * DAY) for number in range((day - self.first_day).days + 1))
        return any(self.holds(earlier, known_at, voids=voids) for earlier in days)

    def counted(self, day: date, known_at: datetime, *, voids: bool = True, time: bool = True) -> list[Observation]:
        def counts(row: Observation) -> bool:
            corrected = any(
                other.piece == row.piece and other.revision > row.revision and other.recorded_at <= known_at
                for other in self.rows
            )
            window = self.policy.recency_days
            return (
                row.recorded_at <= known_at
                and not corrected
                and not (voids and row.voided_at is not None and row.voided_at <= known_at)
                and (
                    row.scale == self.policy.scale.id
                    or (row.score is not None and row.scale in {way.scale for way in self.policy.conversions})
                )
                and (self.policy.accepted_kinds is None or row.kind in self.policy.accepted_kinds)
                and row.performed_on <= day
                and not (time and window is not None and row.performed_on + window * DAY < day)
            )

        # The first versions of three methods end ties by the key of the row, all others by its public id.
        by_key = self.policy.method in {"highest@1", "latest@1", "n_times@1"}
        return sorted(
            filter(counts, self.rows),
            key=lambda row: (row.performed_on, row.recorded_at, row.id if by_key else row.public_id),
        )

    def score(self, counted: list[Observation]) -> Decimal | None:
        exact = self.exact([piece.value for piece in results(counted, self.policy)])
        return None if exact is None else to_two_places(exact)

    def exact(self, values: list[Fraction]) -> Fraction | None:
        """The score before rounding, straight from the formulas as they are published."""
        times, best, last = self.policy.times or 1, self.policy.best or 0, self.policy.last or 0
        weight = Fraction(self.policy.weight or 0, 100)
        newest, good = values[-last:], [value for value in values if to_two_places(value) >= self.threshold]
        formulas: dict[str, Callable[[], Fraction | None]] = {
            "latest": lambda: values[-1],
            "average": lambda: mean(values),
            "weighted_average": lambda: (
                values[0] if len(values) == 1 else weight * values[-1] + (1 - weight) * mean(values[:-1])
            ),
            "decaying_average": lambda: reduce(lambda before, value: (1 - weight) * before + weight * value, values),
            "best_k_of_last_n": lambda: mean(sorted(newest)[-best:]) if len(newest) >= best else None,
            "points": lambda: sum((value for value in values if value > 0), Fraction(0)),
            "n_times_mean": lambda: mean(good) if len(good) >= times else None,
            "n_times": lambda: sorted(values)[-times] if len(values) >= times else None,
            "highest": lambda: max(values),
        }
        return formulas[self.policy.method.partition("@")[0]]() if values else None

    def carries(self, piece: Result) -> bool:
        return piece.shown > 0 if self.policy.method == "points@1" else piece.shown >= self.threshold

    def holds(self, day: date, known_at: datetime, *, voids: bool = True, time: bool = True) -> bool:
        counted = self.counted(day, known_at, voids=voids, time=time)
        score = self.score(counted)
        pieces = results(counted, self.policy)
        good = [piece for piece in pieces if self.carries(piece)]
        assessors = {piece.assessor for piece in good} - {None}
        if score is None or score < self.threshold or len(pieces) < self.policy.minimum_pieces:
            return False
        if len(assessors) < self.policy.distinct_assessors:
            return False
        validity = self.policy.validity
        return not time or validity is None or day <= max(last_day(validity, piece.day) for piece in good)
