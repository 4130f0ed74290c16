"""Many voids at many instants: the first day of mastery known before them, and what it costs, counted in calls."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from types import FrameType

import pytest
from hypothesis import given

from assessments.mastery.rules.evidence_selection import select
from assessments.mastery.rules.known_before_voids import first_day_known
from assessments.mastery.rules.mastery import decide
from assessments.mastery.rules.observations import Observation, distinct
from assessments.mastery.rules.policies import Policy
from assessments.mastery.rules.time_spans import Span, Unit
from assessments.mastery.rules.validity import periods_of
from assessments.rules.mastery_states import MasteryState
from tests.assessments.mastery_cases import FIRST_DAY, FIRST_INSTANT, LAST_TURN, SCALE, DrawnCase, cases, many, piece

MINUTE = timedelta(minutes=1)


@many
@given(cases)
def test_one_walk_finds_what_a_selection_for_each_void_finds(case: DrawnCase) -> None:
    rows = distinct(case.rows, by_key=case.policy.rule.ties_by_key)
    voids = {row.voided_at for row in rows if row.voided_at is not None and row.voided_at <= case.known_at}
    known = [select(case.policy, rows, known_at=void - timedelta.resolution).pieces for void in voids]
    days = [period.began_on for pieces in known for period in periods_of(case.policy, pieces)]

    before_all = FIRST_DAY - timedelta(days=1)
    assert first_day_known(case.policy, rows, known_at=case.known_at, by=before_all) == min(days, default=None)
    found = first_day_known(case.policy, rows, known_at=case.known_at, by=LAST_TURN)
    assert (found is None) == (not days)
    assert found is None or found in days


def calls_of(act: Callable[[], object]) -> int:
    """How many functions of Python `act` calls; the same on every machine."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


def weak(number: int) -> Observation:
    return piece(number, FIRST_DAY + timedelta(days=number), 1, by="zoe")


def voided_in_turn(count: int) -> tuple[Observation, ...]:
    """Half of the pieces stay and are weak. The others are strong, and each is voided before the next is recorded."""
    strong = [
        piece(
            count + number,
            FIRST_DAY + timedelta(days=number),
            4,
            by=f"assessor {number % 7}",
            recorded=FIRST_INSTANT + 2 * number * MINUTE,
            voided=FIRST_INSTANT + (2 * number + 1) * MINUTE,
        )
        for number in range(1, count)
    ]
    return (*map(weak, range(1, count)), *strong)


POLICIES = [
    Policy("highest@2", SCALE, level=3, distinct_assessors=2),
    Policy("highest@2", SCALE, level=3, distinct_assessors=2, validity=Span(1, Unit.MONTHS)),
    Policy("n_times@2", SCALE, level=3, times=2),
    Policy("n_times_mean@1", SCALE, level=3, times=2, minimum_pieces=3),
    Policy("latest@2", SCALE, level=3, distinct_assessors=2),
]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.method)
def test_twice_the_voids_cost_about_twice_the_calls(policy: Policy) -> None:
    def cost(count: int) -> int:
        rows = voided_in_turn(count)
        known_at = FIRST_INSTANT + 3 * count * MINUTE
        as_of = FIRST_DAY + timedelta(days=count + 1)
        return calls_of(lambda: decide(policy, rows, as_of=as_of, known_at=known_at))

    # Mastery is never known before any of the voids, so each of them has to be looked at.
    assert 1.8 < cost(200) / cost(100) < 2.3


@pytest.mark.parametrize("method", ["highest@2", "points@1", "average@1"])
def test_pieces_that_lose_mastery_one_by_one_end_the_walk_at_the_first_void(method: str) -> None:
    def cost(count: int) -> int:
        rows = tuple(piece(number, FIRST_DAY, 3, voided=FIRST_INSTANT + number * MINUTE) for number in range(1, count))
        policy, known_at = Policy(method, SCALE, level=3, recency_days=90), FIRST_INSTANT + count * MINUTE
        assert decide(policy, rows, as_of=FIRST_DAY, known_at=known_at).state is MasteryState.WITHDRAWN
        return calls_of(lambda: decide(policy, rows, as_of=FIRST_DAY, known_at=known_at))

    assert 1.8 < cost(200) / cost(100) < 2.3


def test_a_later_first_day_is_found_too() -> None:
    strong = piece(1, date(2026, 2, 9), 4, voided=FIRST_INSTANT + MINUTE)
    weak_first = replace(piece(2, date(2026, 2, 2), 1), voided_at=FIRST_INSTANT + 2 * MINUTE)
    decision = decide(
        Policy("highest@2", SCALE, level=3),
        (strong, weak_first),
        as_of=date(2026, 2, 3),
        known_at=FIRST_INSTANT + 5 * MINUTE,
    )

    assert (decision.state, decision.holds_until) == (MasteryState.NONE, date(2026, 2, 9))


def test_a_void_within_a_merged_piece_may_master_until_the_next_void() -> None:
    # Two results of one piece of work: their mean does not reach level 3, what is left after the first void does.
    low = replace(piece(1, FIRST_DAY, 1, voided=FIRST_INSTANT + MINUTE), work="essay")
    high = replace(piece(2, FIRST_DAY, 4, voided=FIRST_INSTANT + 2 * MINUTE), work="essay")
    policy = Policy("highest@2", SCALE, level=3, merges_results=True)

    found = first_day_known(policy, (low, high), known_at=FIRST_INSTANT + 5 * MINUTE, by=FIRST_DAY)

    assert found == FIRST_DAY
