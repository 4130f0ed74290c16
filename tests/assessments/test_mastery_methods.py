"""Each method in its sentence: what it gives, what it says, and what it leaves unsaid; figures of a group."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from assessments.mastery.formats.decision_json import as_json
from assessments.mastery.labels import explanation_in_words
from assessments.mastery.rules.explanations import explain, explain_parent
from assessments.mastery.rules.group_figures import distribution, mean_score, median_score
from assessments.mastery.rules.mastery import decide
from assessments.mastery.rules.observations import Observation
from assessments.mastery.rules.parents import Child, ParentDecision, decide_parent
from assessments.mastery.rules.policies import ParentPolicy, Policy
from assessments.mastery.rules.scales import Conversion
from assessments.rules.mastery_states import MasteryState
from tests.assessments.mastery_cases import FIRST_INSTANT, SCALE, piece

MAY = date(2026, 5, 4)
KNOWN = FIRST_INSTANT + timedelta(days=200)


def rows_of(scores: str) -> list[Observation]:
    return [piece(number, MAY + timedelta(days=number), score) for number, score in enumerate(scores.split(), start=1)]


def lines_of(policy: Policy, rows: Sequence[Observation]) -> list[str]:
    decision = decide(policy, rows, as_of=MAY + timedelta(days=90), known_at=KNOWN)
    return explanation_in_words(explain(policy, decision), on=MAY)


def policy(method: str, **members: Any) -> Policy:
    return Policy(method, SCALE, level=3, **members)


@pytest.mark.parametrize(
    ("rule", "scores", "line"),
    [
        (policy("average@1"), "2 3 4", "Proficient (3.00), the mean of 3 pieces of evidence"),
        (policy("average@1"), "3", "Proficient (3.00) in the one piece of evidence assessed"),
        (policy("average@1"), "0 1", "0.50, the mean of 2 pieces of evidence, below every level"),
        (
            policy("weighted_average@1", weight=65),
            "2 3 4",
            "Proficient (3.48): 65 percent of the latest of 3 pieces of evidence, the rest of the others",
        ),
        (
            policy("decaying_average@1", weight=65),
            "2 3 4",
            "Proficient (3.53): each of 3 pieces of evidence weighs 65 percent against all before it",
        ),
        (
            policy("best_k_of_last_n@1", best=2, last=3),
            "4 1 3 4",
            "Proficient (3.50), the mean of the best 2 of the last 3 pieces of evidence",
        ),
        (policy("points@1"), "1 1.5 1", "Proficient (3.50 points) with 3 pieces of evidence"),
        (
            policy("n_times_mean@1", times=2),
            "3 1 4",
            (
                "Proficient (3.50), the mean of the pieces of evidence at the level, 2 of 2 pieces of evidence at "
                "Proficient or above"
            ),
        ),
    ],
)
def test_the_score_of_each_method_in_words(rule: Policy, scores: str, line: str) -> None:
    assert lines_of(rule, rows_of(scores))[1].startswith(line)


def test_too_few_pieces_for_a_score_are_asked_for() -> None:
    assert lines_of(policy("best_k_of_last_n@1", best=3, last=4), rows_of("3"))[1:] == [
        "1 piece of evidence assessed, by 1 assessor, latest 5 May",
        "Missing: 2 more pieces of evidence",
        "Missing: Proficient, reached at 2.68",
    ]


def test_rounding_is_half_away_from_zero_and_happens_once() -> None:
    halves = decide(policy("average@1"), rows_of("2.67 2.68"), as_of=date(2026, 8, 1), known_at=KNOWN)
    below = decide(policy("average@1"), rows_of("-0.01 0"), as_of=date(2026, 8, 1), known_at=KNOWN)

    assert (halves.score, halves.mastered) == (Decimal("2.68"), True)
    assert below.score == Decimal("-0.01")


def test_a_long_decay_stays_exact() -> None:
    rows = [piece(number, MAY, "1/3" if number % 2 else "4") for number in range(1, 101)]
    rule = policy("decaying_average@1", weight=50)
    exact = decide(rule, rows, as_of=MAY, known_at=KNOWN).workings.exact

    expected = Fraction(1, 3)
    for number in range(2, 101):
        expected = (expected + (Fraction(1, 3) if number % 2 else 4)) / 2
    assert exact == expected


def test_a_mean_of_thousands_of_pieces_can_be_written_down() -> None:
    rows = [piece(number, MAY, f"3.{number:04d}") for number in range(1, 3001)]
    decision = decide(policy("decaying_average@1", weight=65), rows, as_of=MAY, known_at=KNOWN)

    assert (decision.score, decision.workings.exact) == (Decimal("3.30"), None)
    assert json.dumps(as_json(decision))


def test_scores_of_another_scale_count_by_the_conversion_that_is_stated_and_levels_never() -> None:
    percent = Conversion("percent", Decimal(0), Decimal(100), Decimal(0), Decimal(4))
    scored = replace(piece(1, MAY, "75"), scale="percent")
    levelled = replace(piece(2, MAY, 3), scale="percent")
    rule = policy("highest@2", conversions=(percent,))
    decision = decide(rule, [scored, levelled], as_of=MAY, known_at=KNOWN)

    assert (decision.score, decision.used) == (Decimal("3.00"), (1,))
    assert [(row.id, row.reason.value) for row in decision.left_out] == [(2, "other_scale")]
    assert decide(policy("highest@2"), [scored], as_of=MAY, known_at=KNOWN).used == ()


def test_several_results_of_one_piece_are_one_piece_of_their_day() -> None:
    results = [
        replace(piece(1, MAY, "1"), work="quiz", weight=Fraction(1)),
        replace(piece(2, MAY, "4"), work="quiz", weight=Fraction(3)),
        replace(piece(3, MAY + timedelta(days=1), "2"), work="quiz"),
    ]
    decision = decide(policy("average@1", merges_results=True), results, as_of=date(2026, 6, 1), known_at=KNOWN)

    # (1 + 3 * 4) / 4 = 3.25 on the first day, and 2 on the second.
    assert (decision.workings.pieces, decision.score, decision.used) == (2, Decimal("2.63"), (1, 2, 3))


@pytest.mark.parametrize(
    ("strength", "words"),
    [
        ("log", "2 of 2 competencies mastered, they meet the rule, which is noted and decides nothing"),
        ("recommend", "2 of 2 competencies mastered, they meet the rule: recommended for review"),
    ],
)
def test_a_rule_that_does_not_complete_says_what_follows(strength: str, words: str) -> None:
    rule = ParentPolicy("all@1", SCALE.id, strength=strength)
    decision = decide_parent(rule, mastered_children(), as_of=MAY)

    assert (decision.state, decision.mastered, decision.periods) == (MasteryState.BELOW, False, ())
    assert explanation_in_words(explain_parent(rule, decision, names={}), on=MAY) == ["Not mastered yet", words]


def mastered_children() -> list[Child]:
    decision = decide(policy("highest@2"), [piece(1, MAY, 3)], as_of=MAY, known_at=KNOWN)
    return [Child.of(name, SCALE.id, decision) for name in ("a", "b")]


@pytest.mark.parametrize(
    ("own_level", "outcome", "state"), [(None, "recommended", "below"), (3, "", "mastered"), (1, "", "below")]
)
def test_what_a_person_found_decides_and_ends_the_recommendation(
    own_level: int | None, outcome: str, state: str
) -> None:
    own_policy = policy("latest@2")
    rule = ParentPolicy("all@1", SCALE.id, strength="recommend", own=own_policy)
    rows = [] if own_level is None else [piece(9, MAY, own_level)]
    own = decide(own_policy, rows, as_of=MAY, known_at=KNOWN)
    decision: ParentDecision = decide_parent(rule, mastered_children(), as_of=MAY, own=own)

    assert (decision.outcome, decision.state.value, decision.level) == (outcome, state, own_level)


def test_figures_of_a_group() -> None:
    scores = [Decimal(text) for text in ("1.00", "2.00", "3.00", "4.00")]

    assert mean_score([*scores, None]) == Decimal("2.50")
    assert median_score([*scores, None]) == Decimal("2.50")
    assert median_score(scores[:3]) == Decimal("2.00")
    assert (mean_score([None]), median_score([])) == (None, None)
    assert distribution(SCALE, [*scores, Decimal("0.50"), None]) == {1: 1, 2: 1, 3: 1, 4: 1, None: 2}
