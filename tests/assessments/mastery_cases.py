"""Cases for the mastery rules: a small world dense with ties, corrections, voids, windows and month ends."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from assessments.mastery.rules.methods import METHODS
from assessments.mastery.rules.observations import Observation
from assessments.mastery.rules.policies import Policy
from assessments.mastery.rules.scales import Conversion, ProficiencyLevel, Scale
from assessments.mastery.rules.time_spans import Span, Unit

# Issue 3, line 4: 2,000 cases in `make test`, 20,000 in `make test-long`.
CASES = 20_000 if os.environ.get("CAIRN_TEST_LONG") == "1" else 2_000
many = settings(max_examples=CASES, deadline=None)
fewer = settings(max_examples=CASES // 10, deadline=None)

SCALE = Scale(
    "four-levels",
    (
        ProficiencyLevel(1, Decimal("1.00"), "Beginning"),
        ProficiencyLevel(2, Decimal("2.00"), "Developing"),
        ProficiencyLevel(3, Decimal("2.68"), "Proficient"),
        ProficiencyLevel(4, Decimal("4.00"), "Advanced"),
    ),
)
FIRST_DAY = date(2026, 1, 20)  # spans of a month from here end on the last of February
LAST_DAY = FIRST_DAY + timedelta(days=20)
LAST_TURN = LAST_DAY + timedelta(days=35)  # no window or validity below reaches beyond
FIRST_INSTANT = datetime(2026, 3, 1, 12, tzinfo=UTC)

OUTCOMES: list[tuple[int | None, Fraction | None]] = [
    *((level, None) for level in (3, 4, 1, 2, 3)),
    *((None, Fraction(score)) for score in ("3", "2.675", "2.674999", "8/3", "4", "0", "-1/200", "3.995")),
]
SPANS = [Span(1, Unit.MONTHS), *(Span(number, Unit.DAYS) for number in (1, 2, 3, 5, 8, 13))]


def picks(*choices: Sequence[Any]) -> st.SearchStrategy[list[Any]]:
    """One of each of `choices`, from a single draw: a tenth of the time of a draw each, which 2,000 cases feel."""

    def pick(number: int) -> list[Any]:
        picked = []
        for choice in choices:
            number, index = divmod(number, len(choice))
            picked.append(choice[index])
        return picked

    return st.integers(0, prod(len(choice) for choice in choices) - 1).map(pick)


# As of and known at. Hypothesis likes the first and the last choice: much has happened by those.
moments = picks(
    [LAST_DAY + timedelta(days=number) for number in (*range(36), *range(-21, 0))],
    [FIRST_INSTANT + timedelta(hours=number) for number in (14, *range(14))],
)


@dataclass(frozen=True)
class DrawnRow:
    """What one revision of a piece says."""

    day: date
    hour: int
    outcome: tuple[int | None, Fraction | None]
    scale: str
    kind: str
    assessor: str | None
    voided_after: int | None
    work: str = ""
    weight: int = 1


@dataclass(frozen=True)
class DrawnCase:
    policy: Policy
    rows: tuple[Observation, ...]
    as_of: date
    known_at: datetime


CONVERSIONS = (Conversion("another", Decimal(0), Decimal(5), Decimal(0), Decimal(4)),)
WEIGHTS_DRAWN = {"weight": (65, 50, 99), "best": (2, 1), "last": (2, 3, 4)}


def policies(*methods: str, merging: bool = True) -> st.SearchStrategy[Policy]:
    return picks(
        methods or tuple(METHODS),
        (3, 2, 4),
        (1, 2, 3),
        (1, 1, 1, 2),
        (0, 0, 0, 1, 2),
        (None, None, frozenset({"project"})),
        (None, *range(1, 15), *[None] * 10),
        (None, *SPANS, None, None, None),
        ((), (), (), CONVERSIONS),
        (False, False, merging),
        *WEIGHTS_DRAWN.values(),
    ).map(lambda picked: policy(*picked))


def policy(
    method: str,
    level: int,
    times: int,
    pieces: int,
    assessors: int,
    kinds: frozenset[str] | None,
    recency: int | None,
    validity: Span | None,
    conversions: tuple[Conversion, ...],
    merges: bool,
    *parameters: int,
) -> Policy:
    used = METHODS[method].parameters
    weights = dict(zip(WEIGHTS_DRAWN, parameters, strict=True))
    return Policy(
        method=method,
        scale=SCALE,
        level=level,
        times=times if "times" in used else None,
        minimum_pieces=pieces,
        distinct_assessors=assessors,
        accepted_kinds=kinds,
        recency_days=recency,
        validity=validity,
        conversions=conversions,
        merges_results=merges,
        **{name: value for name, value in weights.items() if name in used},
    )


DAYS = [FIRST_DAY + timedelta(days=number) for number in range((LAST_DAY - FIRST_DAY).days + 1)]
rows = picks(
    DAYS,
    range(10),
    OUTCOMES,
    (SCALE.id, SCALE.id, SCALE.id, SCALE.id, "another"),
    ("project", "project", "exam"),
    ("ana", "ben", None),
    (None, None, 1, 2, 3, 5),
    ("", "", "essay"),
    (1, 3),
).map(lambda picked: DrawnRow(*picked))
# Left to chance alone, hardly one learner in two hundred loses a mastery by voids.
voided_rows = picks(DAYS, range(5), OUTCOMES, (SCALE.id,), ("project",), ("ana", "ben"), (1, 2, 3, 5, None)).map(
    lambda picked: DrawnRow(*picked)
)
pieces = st.one_of(
    *(st.lists(st.lists(row, min_size=1, max_size=2), min_size=1, max_size=5) for row in (rows, voided_rows))
)


def ledger(by_piece: list[list[DrawnRow]]) -> tuple[Observation, ...]:
    """The rows of pieces with their revisions; ids run against the order given, and public ids against both."""
    numbered = [
        (f"piece {number}", revision, row)
        for number, revisions in enumerate(by_piece)
        for revision, row in enumerate(revisions, start=1)
    ]
    return tuple(
        Observation(
            id=100 - index,
            piece=piece,
            revision=revision,
            performed_on=row.day,
            recorded_at=FIRST_INSTANT + timedelta(hours=row.hour),
            scale=row.scale,
            level=row.outcome[0],
            score=row.outcome[1],
            kind=row.kind,
            assessor=row.assessor,
            voided_at=None
            if row.voided_after is None
            else FIRST_INSTANT + timedelta(hours=row.hour + row.voided_after),
            public_id=f"{index * 37 % 101:03d}",
            work=row.work,
            weight=Fraction(row.weight),
        )
        for index, (piece, revision, row) in enumerate(numbered)
    )


cases = st.builds(
    lambda policy, by_piece, moment: DrawnCase(policy, ledger(by_piece), *moment), policies(), pieces, moments
)


def piece(
    number: int,
    on: date,
    level: int | str,
    *,
    recorded: datetime = FIRST_INSTANT,
    by: str | None = "ana",
    voided: datetime | None = None,
    of: int | None = None,
    revision: int = 1,
    kind: str = "project",
) -> Observation:
    """One observation; a level as a number is a rank, as text an exact score. `of` names the piece that it revises."""
    return Observation(
        id=number,
        piece=f"piece {of or number}",
        revision=revision,
        performed_on=on,
        recorded_at=recorded,
        scale=SCALE.id,
        level=level if isinstance(level, int) else None,
        score=Fraction(level) if isinstance(level, str) else None,
        kind=kind,
        assessor=by,
        voided_at=voided,
    )
