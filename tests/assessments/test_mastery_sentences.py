"""Mastery, told in sentences: one case each for what the properties prove of all."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from assessments.mastery.rules.decisions import LeftOut, MasteryDecision
from assessments.mastery.rules.evidence_selection import Reason
from assessments.mastery.rules.faults import ObservationError
from assessments.mastery.rules.mastery import decide
from assessments.mastery.rules.observations import Observation
from assessments.mastery.rules.policies import Policy
from assessments.mastery.rules.rounding import rounded
from assessments.mastery.rules.time_spans import Span, Unit
from assessments.mastery.rules.validity import Period
from assessments.rules.mastery_states import MasteryState
from tests.assessments.mastery_cases import SCALE, piece

JANUARY, MARCH, MAY, JUNE = date(2026, 1, 31), date(2026, 3, 4), date(2026, 5, 4), date(2026, 6, 1)
MONDAY, TUESDAY, FRIDAY = (datetime(2026, 7, day, 12, tzinfo=UTC) for day in (6, 7, 10))
HIGHEST = Policy("highest@1", SCALE, level=3)
LATEST = Policy("latest@1", SCALE, level=3)
THREE_TIMES = Policy("n_times@1", SCALE, level=3, times=3)
JULY = date(2026, 7, 31)


def decided(policy: Policy, *rows: Observation, on: date = JULY, known: datetime = FRIDAY) -> MasteryDecision:
    return decide(policy, rows, as_of=on, known_at=known)


@pytest.mark.parametrize(
    ("exact", "shown"),
    [
        ("2.675", "2.68"),
        ("-2.675", "-2.68"),
        ("2.6749999999999999999999999999", "2.67"),
        ("8/3", "2.67"),
        ("1/3", "0.33"),
        ("2/3", "0.67"),
        ("-1/1000", "0.00"),
        ("0.005", "0.01"),
        ("123456789012345678901234567890.125", "123456789012345678901234567890.13"),
    ],
)
def test_scores_round_once_half_away_from_zero(exact: str, shown: str) -> None:
    assert str(rounded(Fraction(exact))) == shown


def test_what_is_shown_is_what_decides() -> None:
    just = decided(HIGHEST, piece(1, MAY, "2.675"))
    short = decided(HIGHEST, piece(1, MAY, "2.674999"))

    assert (just.score, just.level, just.state) == (Decimal("2.68"), 3, MasteryState.MASTERED)
    assert (short.score, short.level, short.state) == (Decimal("2.67"), 2, MasteryState.BELOW)
    assert short.workings.exact == Fraction("2.674999")


def test_a_level_counts_as_the_score_that_reaches_it() -> None:
    assert decided(HIGHEST, piece(1, MAY, 3)).score == Decimal("2.68")


def test_nothing_judged_is_no_mastery_for_good() -> None:
    decision = decided(HIGHEST)

    assert (decision.state, decision.score, decision.level, decision.holds_until) == (
        MasteryState.NONE,
        None,
        None,
        None,
    )


def test_highest_keeps_what_was_once_shown() -> None:
    decision = decided(HIGHEST, piece(1, MARCH, 3), piece(2, MAY, 1))

    assert (decision.state, decision.mastered_on, decision.workings.deciding) == (MasteryState.MASTERED, MARCH, (1,))


def test_latest_follows_the_newest_work() -> None:
    decision = decided(LATEST, piece(1, MARCH, 4), piece(2, MAY, 1))

    assert (decision.state, decision.level, decision.mastered_on) == (MasteryState.BELOW, 1, None)
    assert decision.periods == (Period(MARCH, MAY),)


def test_a_late_judged_old_piece_does_not_become_the_latest() -> None:
    late = piece(1, MARCH, 1, recorded=FRIDAY)

    decision = decided(LATEST, late, piece(2, MAY, 4, recorded=MONDAY))

    assert (decision.level, decision.workings.deciding) == (4, (2,))


def test_work_of_one_day_is_ordered_by_when_it_was_recorded_and_then_by_id() -> None:
    by_record = decided(LATEST, piece(2, MAY, 1, recorded=MONDAY), piece(1, MAY, 4, recorded=TUESDAY))
    by_id = decided(LATEST, piece(2, MAY, 1), piece(1, MAY, 4))

    assert (by_record.level, by_id.level) == (4, 1)


def test_three_times_asks_for_three_pieces_at_the_level() -> None:
    pieces = [piece(1, JANUARY, 4), piece(2, MARCH, 2), piece(3, MAY, 3), piece(4, JUNE, 3)]

    assert decided(THREE_TIMES, *pieces[:2]).score is None
    assert decided(THREE_TIMES, *pieces[:3]).level == 2
    decision = decided(THREE_TIMES, *pieces)
    assert (decision.level, decision.mastered_on, decision.workings.at_level) == (3, JUNE, 3)


def test_the_level_needs_distinct_assessors_and_external_evidence_names_none() -> None:
    policy = replace(HIGHEST, distinct_assessors=2)
    alone = [piece(1, MARCH, 3, by="ana"), piece(2, MAY, 3, by="ana"), piece(3, MAY, 4, by=None)]

    assert decided(policy, *alone).workings.unmet == ("distinct_assessors",)
    assert decided(policy, *alone, piece(4, JUNE, 2, by="ben")).state is MasteryState.BELOW
    assert decided(policy, *alone, piece(4, JUNE, 3, by="ben")).mastered_on == JUNE


def test_a_minimum_of_pieces_counts_them_at_any_level() -> None:
    policy = replace(HIGHEST, minimum_pieces=2)

    assert decided(policy, piece(1, MARCH, 3)).workings.unmet == ("minimum_pieces",)
    assert decided(policy, piece(1, MARCH, 3), piece(2, MAY, 1)).mastered_on == MAY


def test_every_row_that_does_not_count_says_why() -> None:
    policy = replace(HIGHEST, accepted_kinds=frozenset({"project"}), recency_days=100)
    rows = [
        piece(1, MAY, 3),
        piece(2, JANUARY, 3),
        piece(3, date(2026, 8, 1), 3),
        piece(4, MAY, 3, kind="exam"),
        replace(piece(5, MAY, 3), scale="another"),
        piece(6, MAY, 3, voided=TUESDAY),
        piece(7, MAY, 1, of=1, revision=2),
        piece(8, MAY, 3, recorded=datetime(2026, 8, 1, tzinfo=UTC)),
    ]

    decision = decided(policy, *rows)

    assert decision.used == (7,)
    assert decision.left_out == (
        LeftOut(2, Reason.TOO_OLD),
        LeftOut(1, Reason.SUPERSEDED),
        LeftOut(4, Reason.KIND_NOT_ACCEPTED),
        LeftOut(5, Reason.OTHER_SCALE),
        LeftOut(6, Reason.VOIDED),
        LeftOut(8, Reason.NOT_YET_KNOWN),
        LeftOut(3, Reason.PERFORMED_LATER),
    )


def test_a_correction_replaces_from_the_moment_it_is_recorded() -> None:
    rows = [piece(1, MAY, 3, recorded=MONDAY), piece(2, MAY, 2, recorded=FRIDAY, of=1, revision=2)]

    assert decided(HIGHEST, *rows, known=TUESDAY).state is MasteryState.MASTERED
    assert decided(HIGHEST, *rows, known=FRIDAY).state is MasteryState.BELOW


def test_voiding_a_correction_does_not_bring_back_what_it_corrected() -> None:
    rows = [piece(1, MAY, 4), piece(2, MAY, 1, of=1, revision=2, voided=TUESDAY)]

    assert decided(HIGHEST, *rows).used == ()


def test_a_voided_piece_counts_before_its_void() -> None:
    row = piece(1, MAY, 3, recorded=MONDAY, voided=FRIDAY)

    assert decided(HIGHEST, row, known=TUESDAY).state is MasteryState.MASTERED
    assert decided(HIGHEST, row, known=FRIDAY).state is MasteryState.WITHDRAWN


def test_what_was_voided_as_it_was_recorded_never_counted() -> None:
    assert decided(HIGHEST, piece(1, MAY, 3, recorded=MONDAY, voided=MONDAY)).state is MasteryState.NONE


def test_what_was_voided_before_it_could_add_up_was_never_mastered() -> None:
    policy = replace(HIGHEST, minimum_pieces=2)
    rows = [piece(1, MARCH, 3, recorded=MONDAY, voided=TUESDAY), piece(2, MAY, 3, recorded=FRIDAY)]

    assert decided(policy, *rows).state is MasteryState.BELOW


def test_a_void_still_to_come_withdraws_nothing_yet() -> None:
    """Two pieces will stand together one day, and one of them be voided: on Friday nobody knows."""
    policy = replace(HIGHEST, minimum_pieces=2)
    saturday, sunday = (datetime(2026, 7, day, 12, tzinfo=UTC) for day in (11, 12))
    rows = [
        piece(1, MARCH, 3, recorded=MONDAY, voided=TUESDAY),
        piece(2, MAY, 3, recorded=FRIDAY),
        piece(3, MAY, 3, recorded=saturday, voided=sunday),
    ]

    assert decided(policy, *rows, known=FRIDAY).state is MasteryState.BELOW
    assert decided(policy, *rows, known=sunday).state is MasteryState.WITHDRAWN


def test_a_window_of_365_days_lapses_on_the_366th() -> None:
    decision = decided(replace(HIGHEST, recency_days=365), piece(1, MAY, 3))

    assert decision.holds_until == date(2027, 5, 5)
    last = decided(replace(HIGHEST, recency_days=365), piece(1, MAY, 3), on=date(2027, 5, 4))
    lapsed = decided(replace(HIGHEST, recency_days=365), piece(1, MAY, 3), on=date(2027, 5, 5))
    assert (last.state, last.valid_until) == (MasteryState.MASTERED, date(2027, 5, 4))
    assert (lapsed.state, lapsed.mastered_on, lapsed.ended_on) == (MasteryState.LAPSED, MAY, date(2027, 5, 5))
    assert (lapsed.score, lapsed.used, lapsed.holds_until) == (None, (), None)


def test_a_month_ends_on_the_last_day_of_a_shorter_one() -> None:
    policy = replace(HIGHEST, validity=Span(1, Unit.MONTHS))

    decision = decided(policy, piece(1, JANUARY, 3), on=JANUARY)

    assert (decision.valid_until, decision.holds_until) == (date(2026, 2, 28), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("day", "span", "last_day"),
    [
        ("2026-05-04", Span(365, Unit.DAYS), "2027-05-04"),
        ("2027-05-04", Span(365, Unit.DAYS), "2028-05-03"),
        ("2026-05-04", Span(12, Unit.MONTHS), "2027-05-04"),
        ("2026-11-30", Span(14, Unit.MONTHS), "2028-01-30"),
        ("2026-12-31", Span(2, Unit.MONTHS), "2027-02-28"),
        ("2027-12-31", Span(2, Unit.MONTHS), "2028-02-29"),
        ("2028-02-29", Span(12, Unit.MONTHS), "2029-02-28"),
        ("2026-11-30", Span(1, Unit.MONTHS), "2026-12-30"),
        ("9999-01-15", Span(1, Unit.MONTHS), "9999-02-15"),
        ("9999-12-15", Span(1, Unit.MONTHS), "9999-12-31"),
        ("9999-12-15", Span(17, Unit.DAYS), "9999-12-31"),
    ],
)
def test_a_span_ends_with_its_last_day(day: str, span: Span, last_day: str) -> None:
    assert span.last_day_from(date.fromisoformat(day)) == date.fromisoformat(last_day)


def test_newer_work_at_the_level_renews_a_validity_without_a_break() -> None:
    policy = replace(HIGHEST, validity=Span(4, Unit.MONTHS))

    decision = decided(policy, piece(1, MARCH, 3), piece(2, JUNE, 3))

    assert decision.periods == (Period(MARCH, date(2026, 10, 2)),)


def test_work_after_a_lapse_begins_a_new_period_and_the_old_one_stays_history() -> None:
    policy = replace(HIGHEST, validity=Span(30, Unit.DAYS))

    decision = decided(policy, piece(1, JANUARY, 3), piece(2, MAY, 3), on=MAY)

    assert decision.periods == (Period(JANUARY, date(2026, 3, 3)), Period(MAY, date(2026, 6, 4)))
    assert decision.mastered_on == MAY


def test_failing_work_after_a_lapse_leaves_it_lapsed_under_highest_and_below_under_latest() -> None:
    rows = [piece(1, JANUARY, 3), piece(2, JUNE, 1)]

    states = [decided(replace(policy, recency_days=60), *rows).state for policy in (HIGHEST, LATEST)]

    assert states == [MasteryState.LAPSED, MasteryState.BELOW]


def test_pieces_that_were_never_recent_together_were_never_mastered() -> None:
    policy = replace(THREE_TIMES, times=2, recency_days=30)

    assert decided(policy, piece(1, JANUARY, 3), piece(2, JUNE, 3), on=JUNE).state is MasteryState.BELOW


def test_an_assessor_leaves_with_the_last_piece_that_is_recent() -> None:
    policy = replace(HIGHEST, distinct_assessors=2, recency_days=30)
    ana, ana_again, ben = date(2026, 5, 1), date(2026, 5, 11), date(2026, 5, 21)
    rows = [piece(1, ana, 3, by="ana"), piece(2, ana_again, 3, by="ana"), piece(3, ben, 3, by="ben")]

    decision = decided(policy, *rows, on=ben)

    assert decision.periods == (Period(ben, date(2026, 6, 11)),)


def test_work_dated_later_waits_for_its_day() -> None:
    decision = decided(HIGHEST, piece(1, JUNE, 3), on=MAY)

    assert (decision.state, decision.holds_until) == (MasteryState.NONE, JUNE)


def test_a_piece_that_ages_out_unnoticed_still_ends_the_answer() -> None:
    """What the learner reads names the pieces: it must not outlive one of them."""
    decision = decided(replace(HIGHEST, recency_days=100), piece(1, MAY, 3), piece(2, JUNE, 3))

    assert decision.holds_until == date(2026, 8, 13)
    assert decision.valid_until == date(2026, 9, 9)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([piece(1, MAY, 3), piece(1, MAY, 4)], "same_id_differs"),
        ([piece(1, MAY, 3), piece(2, MAY, 4, of=1)], "same_revision_twice"),
        ([piece(1, MAY, 9)], "rank_not_on_scale"),
    ],
)
def test_contradictions_are_refused_by_name(rows: list[Observation], code: str) -> None:
    with pytest.raises(ObservationError) as refused:
        decided(HIGHEST, *rows)

    assert [fault.code for fault in refused.value.faults] == [code]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"score": Fraction(1)}, "level_or_score"),
        ({"level": None}, "level_or_score"),
        ({"revision": 0}, "out_of_range"),
        ({"recorded_at": datetime(2026, 7, 6, 12)}, "without_time_zone"),  # noqa: DTZ001 - this is the fault
        ({"voided_at": datetime(2026, 7, 6, 12)}, "without_time_zone"),  # noqa: DTZ001 - this is the fault
        ({"voided_at": datetime(2000, 1, 1, tzinfo=UTC)}, "voided_before_recorded"),
    ],
)
def test_an_observation_that_contradicts_itself_cannot_be_made(change: dict[str, Any], code: str) -> None:
    with pytest.raises(ObservationError) as refused:
        replace(piece(1, MAY, 3), **change)

    assert [fault.code for fault in refused.value.faults] == [code]


def test_an_instant_is_no_civil_date_and_needs_its_zone() -> None:
    with pytest.raises(TypeError, match="civil date"):
        decide(HIGHEST, [], as_of=FRIDAY, known_at=FRIDAY)
    with pytest.raises(ValueError, match="time zone"):
        decide(HIGHEST, [], as_of=MAY, known_at=FRIDAY.replace(tzinfo=None))


def test_the_end_of_the_calendar_ends_nothing() -> None:
    policy = replace(HIGHEST, recency_days=36_525, validity=Span(36_525, Unit.MONTHS))

    decision = decided(policy, piece(1, date(9990, 1, 1), 3), on=date(9999, 12, 31))

    assert (decision.state, decision.holds_until, decision.valid_until) == (MasteryState.MASTERED, None, None)
