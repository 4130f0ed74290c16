"""A decision in words: what the learner reads, and that no code is without a phrase."""

import ast
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given

from assessments.mastery.formats.fault_messages import FAULT_MESSAGES, fault_message
from assessments.mastery.labels import PHRASES, explanation_in_words
from assessments.mastery.rules.evidence_selection import Reason
from assessments.mastery.rules.explanations import Explanation, ExplanationPart, explain, explain_parent
from assessments.mastery.rules.mastery import decide
from assessments.mastery.rules.observations import Observation
from assessments.mastery.rules.parents import Child, decide_parent
from assessments.mastery.rules.policies import ChildTerms, ParentPolicy, Policy
from assessments.mastery.rules.time_spans import Span, Unit
from assessments.rules.mastery_states import MasteryState
from core.text.faults import Fault
from tests.assessments.mastery_cases import SCALE, DrawnCase, cases, fewer, piece
from tests.conftest import ROOT

MARCH, APRIL, MAY, JULY = date(2026, 3, 4), date(2026, 4, 4), date(2026, 5, 4), date(2026, 7, 31)
NOON = datetime(2026, 7, 31, 12, tzinfo=UTC)
HIGHEST = Policy("highest@1", SCALE, level=3)
THREE_TIMES = Policy("n_times@1", SCALE, level=3, times=3)


def lines_of(policy: Policy, *rows: Observation, on: date = JULY) -> list[str]:
    return explanation_in_words(explain(policy, decide(policy, rows, as_of=on, known_at=NOON)), on=on)


def test_three_of_three_pieces() -> None:
    rows = [piece(1, MARCH, 3), piece(2, APRIL, 4, by="ben"), piece(3, MAY, 3)]

    assert lines_of(THREE_TIMES, *rows) == [
        "Mastered since 4 May",
        "3 of 3 pieces of evidence at Proficient or above, by 2 assessors, latest 4 May",
    ]


def test_what_is_missing_is_said_as_what_to_do() -> None:
    policy = replace(THREE_TIMES, minimum_pieces=5, distinct_assessors=2, recency_days=100)

    assert lines_of(policy, piece(1, MARCH, 3), piece(2, MAY, 3), piece(3, MAY, 1)) == [
        "Not mastered yet",
        "1 of 3 pieces of evidence at Proficient or above, by 1 assessor, latest 4 May",
        "Missing: 2 more pieces of evidence at Proficient or above",
        "Missing: 3 more pieces of evidence",
        "Missing: Proficient or above as assessed by 1 more assessor",
        "1 piece of evidence does not count any more: too old",
    ]


def test_pieces_that_are_asked_for_at_the_level_are_not_asked_for_twice() -> None:
    policy = replace(THREE_TIMES, minimum_pieces=4)

    assert lines_of(policy, piece(1, MARCH, 3), piece(2, MAY, 3), piece(3, MAY, 1))[2:] == [
        "Missing: 1 more piece of evidence at Proficient or above"
    ]
    assert lines_of(HIGHEST) == ["Nothing assessed yet", "Missing: Proficient, reached at 2.68"]


def test_more_pieces_than_asked_for() -> None:
    policy = replace(THREE_TIMES, times=1)

    assert lines_of(policy, piece(1, MARCH, 3), piece(2, MAY, 3))[1] == (
        "2 pieces of evidence at Proficient or above, 1 asked for, by 1 assessor, latest 4 May"
    )


def test_the_best_and_the_latest_piece_tell_score_and_level() -> None:
    rows = [piece(1, MARCH, "3.5"), piece(2, MAY, "0.5")]

    assert (
        lines_of(HIGHEST, *rows)[1]
        == "Proficient (3.50) in the best of 2 pieces of evidence, by 1 assessor, latest 4 March"
    )
    assert lines_of(replace(HIGHEST, method="latest@1"), *rows) == [
        "Not mastered yet",
        "0.50 in the latest of 2 pieces of evidence, below every level, by 1 assessor, latest 4 March",
        "Missing: Proficient, reached at 2.68",
    ]


def test_a_lapse_names_its_day_with_the_year_where_it_is_another() -> None:
    policy = replace(HIGHEST, validity=Span(2, Unit.MONTHS))

    assert lines_of(policy, piece(1, MAY, 3), on=date(2027, 1, 2)) == [
        "Lapsed on 5 July 2026",
        "Proficient (2.68) in the one piece of evidence assessed, by 1 assessor, latest 4 May 2026",
        "Missing: a newer piece of evidence; the last one was valid through 4 July 2026",
    ]
    assert lines_of(policy, piece(1, MAY, 3), on=MAY)[:2] == ["Mastered since 4 May", "Valid through 4 July"]


def test_withdrawn_says_that_evidence_was_voided() -> None:
    assert lines_of(HIGHEST, piece(1, MAY, 3, voided=NOON)) == [
        "No longer mastered: evidence that it rested on was voided",
        "Missing: Proficient, reached at 2.68",
        "1 piece of evidence does not count: voided",
    ]


def test_a_parent_names_its_children_and_what_became_of_them() -> None:
    states = {
        "a": MasteryState.MASTERED,
        "b": MasteryState.BELOW,
        "c": MasteryState.LAPSED,
        "d": MasteryState.WITHDRAWN,
    }
    children = [Child(name, SCALE.id, 3, state, (), None) for name, state in states.items()]
    everything = ParentPolicy("all@1", SCALE.id)
    points = ParentPolicy("points@1", SCALE.id, Decimal("1.50"), (ChildTerms("a"), ChildTerms("gone", required=True)))

    def lines(policy: ParentPolicy) -> list[str]:
        decision = decide_parent(policy, children, as_of=MAY)
        return explanation_in_words(explain_parent(policy, decision, names={"b": "Keep records"}), on=MAY)

    assert lines(everything) == [
        "Not mastered yet",
        "1 of 4 competencies mastered",
        "Missing: Keep records",
        "Missing: c, which has lapsed",
        "Missing: d, which was withdrawn",
    ]
    assert lines(points)[1:] == ["1.00 of 1.50 points", "Missing: gone, which is no part of this competency any more"]


@fewer
@given(cases)
def test_every_decision_has_words_without_holes(case: DrawnCase) -> None:
    decision = decide(case.policy, case.rows, as_of=case.as_of, known_at=case.known_at)

    lines = explanation_in_words(explain(case.policy, decision), on=case.as_of)

    assert lines
    assert [
        line
        for line in lines
        if "%" in line or "None" in line or (not line[0].isupper() and not line[0].isdigit() and line[0] != "-")
    ] == []


def test_every_reason_and_state_has_its_phrase() -> None:
    assert {f"left_out_{reason}" for reason in Reason} | {str(state) for state in MasteryState} <= set(PHRASES)


def test_every_fault_in_the_code_has_its_words_and_every_words_a_fault() -> None:
    places = ["assessments/mastery/rules/*.py", "assessments/mastery/formats/*.py", "core/text/strict_json.py"]
    raised = {code for place in places for path in ROOT.glob(place) for code in _codes(path)}

    assert raised == set(FAULT_MESSAGES)


def _codes(path: Path) -> set[str]:
    """The codes given to Fault(...), and to the functions that make one."""
    makers = {"Fault": 1, "wrong": 1, "_matching": 1, "_at": 0}
    codes = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in makers:
            place = makers[node.func.id]
            if len(node.args) > place and isinstance(code := node.args[place], ast.Constant):
                codes.add(str(code.value))
    return codes


@pytest.mark.parametrize("code", sorted(FAULT_MESSAGES))
def test_a_fault_says_what_and_how_to_mend_it(code: str) -> None:
    what, mend = FAULT_MESSAGES[code]()
    named = set(re.findall(r"%\((\w+)\)s", what + mend))

    message = fault_message(Fault("policy.level", code, dict.fromkeys(named, "X")))

    assert message.what.endswith(".")
    assert message.mend.endswith((".", "?", "}", "]"))
    assert str(message) == f"policy.level: {message.what} {message.mend}"


def test_nothing_to_say_says_nothing() -> None:
    assert explanation_in_words(Explanation((ExplanationPart("none"),), (), (), ()), on=MAY) == ["Nothing assessed yet"]
