"""Invariants 5 and 6: mastery is a pure function, and more passing evidence never lowers it."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from assessments.mastery.rules.decisions import MasteryDecision
from assessments.mastery.rules.evidence_selection import Reason
from assessments.mastery.rules.mastery import decide
from assessments.mastery.rules.methods import METHODS
from assessments.mastery.rules.observations import Observation
from assessments.mastery.rules.policies import Policy
from assessments.rules.mastery_states import MasteryState
from tests.assessments.mastery_cases import (
    FIRST_DAY,
    LAST_TURN,
    DrawnCase,
    DrawnRow,
    cases,
    ledger,
    many,
    moments,
    pieces,
    policies,
)
from tests.assessments.mastery_oracle import Oracle

DAY = timedelta(days=1)
MONOTONE = tuple(sorted(name for name, method in METHODS.items() if method.monotone))
STRENGTH = [MasteryState.NONE, MasteryState.BELOW, MasteryState.WITHDRAWN, MasteryState.LAPSED, MasteryState.MASTERED]


def decided(case: DrawnCase, *, on: date | None = None) -> MasteryDecision:
    return decide(case.policy, case.rows, as_of=on or case.as_of, known_at=case.known_at)


def test_the_decision_is_what_the_naive_one_says() -> None:
    states: Counter[MasteryState] = Counter()
    reasons: Counter[Reason] = Counter()

    @many
    @given(cases)
    def agree(case: DrawnCase) -> None:
        decision = decided(case)
        expected = Oracle(case.policy, case.rows, FIRST_DAY).answer(case.as_of, case.known_at)
        states[decision.state] += 1
        reasons.update(row.reason for row in decision.left_out)

        assert (decision.score, decision.level, decision.state) == (expected.score, expected.level, expected.state)
        assert (decision.mastered_on, decision.ended_on) == (expected.mastered_on, expected.ended_on)
        assert set(decision.used) == expected.used
        assert members_agree(case, decision)

    agree()

    # A generator that never gets there would prove nothing.
    assert set(states) == set(MasteryState)
    assert set(reasons) == set(Reason)


@many
@given(cases, st.randoms(use_true_random=False), st.integers(0, 3))
def test_order_and_repetition_change_nothing(case: DrawnCase, random: Random, again: int) -> None:
    shuffled = [*case.rows, *case.rows[:again]]
    random.shuffle(shuffled)

    assert decided(replace(case, rows=tuple(shuffled))) == decided(case)


@many
@given(cases)
def test_the_decision_holds_until_the_day_that_it_names_and_not_a_day_longer(case: DrawnCase) -> None:
    answer = decided(case)
    end = answer.holds_until or LAST_TURN + 2 * DAY

    day = case.as_of
    while (day := day + DAY) < end:
        assert decided(case, on=day) == answer
    if answer.holds_until is not None:
        assert replace(decided(case, on=end), holds_until=None) != replace(answer, holds_until=None)


def test_highest_n_times_and_points_promise_to_be_monotone_and_no_other_does() -> None:
    assert MONOTONE == ("highest@1", "highest@2", "n_times@1", "n_times@2", "points@1")


@many
@given(policies(*MONOTONE, merging=False), pieces, pieces, moments)
def test_more_evidence_never_lowers_mastery(
    policy: Policy, some: list[list[DrawnRow]], more: list[list[DrawnRow]], moment: tuple[date, datetime]
) -> None:
    as_of, known_at = moment
    before = decide(policy, ledger(some), as_of=as_of, known_at=known_at)
    after = decide(policy, ledger([*some, *more]), as_of=as_of, known_at=known_at)

    assert STRENGTH.index(after.state) >= STRENGTH.index(before.state)
    assert before.score is None or (after.score is not None and after.score >= before.score)
    assert before.level is None or (after.level is not None and after.level >= before.level)
    if before.state is after.state is MasteryState.MASTERED:
        assert after.mastered_on is not None
        assert before.mastered_on is not None
        assert after.mastered_on <= before.mastered_on
        assert before.valid_until is None or after.valid_until is None or after.valid_until >= before.valid_until


@many
@given(cases)
def test_what_was_not_known_yet_decides_nothing(case: DrawnCase) -> None:
    """The same answer comes from the rows and voids recorded by then alone: nothing later leaks in."""

    def as_known(row: Observation) -> Observation:
        return replace(row, voided_at=None) if row.voided_at and row.voided_at > case.known_at else row

    known = tuple(as_known(row) for row in case.rows if row.recorded_at <= case.known_at)
    decision = decided(case)

    assert decided(replace(case, rows=known)) == replace(
        decision, left_out=tuple(row for row in decision.left_out if row.reason is not Reason.NOT_YET_KNOWN)
    )


def members_agree(case: DrawnCase, decision: MasteryDecision) -> bool:
    """Every row has its place; state, periods, conditions and score tell the same."""
    rows = [*decision.used, *(row.id for row in decision.left_out)]
    within = any(period.covers(case.as_of) for period in decision.periods)
    reached = decision.score is not None and decision.score >= case.policy.target_level.reached_at
    return (
        sorted(rows) == sorted(row.id for row in case.rows)
        and set(decision.workings.deciding) <= set(decision.used)
        and decision.mastered == within == (decision.workings.unmet == ())
        and ("level" in decision.workings.unmet) != reached
    )
