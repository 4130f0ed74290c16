"""Policies and observations as JSON: read strictly, written back to what they were, described by their schema."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from assessments.mastery.formats.decision_json import as_json
from assessments.mastery.formats.policy_json import read_parent_policy, read_policy, read_trial
from assessments.mastery.formats.policy_schema import DEFINITIONS, SCHEMA, THREE_TIMES, TWO_OF_A_KIND
from assessments.mastery.rules.decision_inputs import decide_subject
from assessments.mastery.rules.mastery import decide
from core.text.canonical import canonical
from core.text.faults import FaultyError
from core.text.strict_json import FormatError, load
from tests.assessments.mastery_cases import DrawnCase, cases, fewer

ROW = THREE_TIMES["observations"][0]
VALIDATOR = Draft202012Validator(SCHEMA)


def faults(document: object) -> list[str]:
    with pytest.raises(FaultyError) as refused:
        read_trial(document)
    return [f"{fault.path}: {fault.code}" for fault in refused.value.faults]


def changed(change: Callable[[dict[str, Any]], object], example: dict[str, Any] = THREE_TIMES) -> dict[str, Any]:
    document = copy.deepcopy(example)
    change(document)
    return document


def test_the_schema_is_one_and_its_examples_fit_it_and_are_read() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    for example in SCHEMA["examples"]:
        VALIDATOR.validate(example)
        trial = read_trial(load(json.dumps(example).encode()))
        assert decide_subject(trial.subject, as_of=trial.as_of, known_at=trial.known_at).decision.mastered


@fewer
@given(cases)
def test_policies_and_observations_are_read_back_to_what_they_were(case: DrawnCase) -> None:
    document = {
        "policy": as_json(case.policy),
        "observations": [as_json(row) for row in case.rows],
        "as_of": case.as_of.isoformat(),
        "known_at": case.known_at.isoformat(),
    }

    trial = read_trial(load(canonical(document)))

    VALIDATOR.validate(document)
    assert trial.subject.policy == case.policy
    assert getattr(trial.subject, "observations", None) == case.rows
    assert (trial.as_of, trial.known_at) == (case.as_of, case.known_at)


@fewer
@given(cases)
def test_every_decision_has_a_canonical_form(case: DrawnCase) -> None:
    decision = decide(case.policy, case.rows, as_of=case.as_of, known_at=case.known_at)

    assert json.loads(canonical(as_json(decision))) == as_json(decision)


def test_a_parent_policy_is_read_back_to_what_it_was() -> None:
    policy = read_parent_policy(TWO_OF_A_KIND["parent_policy"])

    assert read_parent_policy(as_json(policy)) == policy


BROKEN: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda d: d.update(as_off="2026-01-01"), ": member_misspelt"),
    (lambda d: d.update(zebra=1), ": member_unknown"),
    (lambda d: d.pop("known_at"), ": member_missing"),
    (lambda d: d.update(as_of="4 May 2026"), "as_of: date_expected"),
    (lambda d: d.update(as_of=20260504), "as_of: date_expected"),
    (lambda d: d.update(known_at="2026-05-04T09:30:00"), "known_at: instant_expected"),
    (lambda d: d.update(policy=[]), "policy: object_expected"),
    (lambda d: d.update(observations={}), "observations: list_expected"),
    (lambda d: d["policy"].update(level="3"), "policy.level: whole_expected"),
    (lambda d: d["policy"].update(level=True), "policy.level: whole_expected"),
    (lambda d: d["policy"].update(minimum_pieces=None), "policy.minimum_pieces: whole_expected"),
    (lambda d: d["policy"].update(method=1), "policy.method: text_expected"),
    (lambda d: d["policy"].update(method=""), "policy.method: empty"),
    (lambda d: d["policy"]["validity"].update(unit="years"), "policy.validity.unit: unit_expected"),
    (lambda d: d["policy"]["scale"]["levels"][1].update(rnk=2), "policy.scale.levels[1]: member_misspelt"),
    (
        lambda d: d["policy"]["scale"]["levels"][1].update(reached_at=2),
        "policy.scale.levels[1].reached_at: number_expected",
    ),
    (lambda d: d["observations"][1].update(score=3.33), "observations[1].score: exact_expected"),
    (lambda d: d["observations"][1].update(score="1e99"), "observations[1].score: exact_expected"),
    (lambda d: d["observations"][1].update(score="1/0"), "observations[1].score: exact_expected"),
    (lambda d: d["observations"][1].update(level=3), "observations[1].level: level_or_score"),
    (lambda d: d["observations"][0].pop("level"), "observations[0].level: level_or_score"),
]
MEANINGLESS: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda d: d.update(as_of="2026-02-30"), "as_of: date_expected"),
    (lambda d: d.update(known_at="2026-02-01T25:00:00Z"), "known_at: instant_expected"),
    (lambda d: d["policy"].update(level=9), "policy.level: not_on_scale"),
    (
        lambda d: d["observations"][0].update(voided_at="2020-01-01T00:00:00Z"),
        "observations[0].voided_at: voided_before_recorded",
    ),
]


@pytest.mark.parametrize(("change", "fault"), BROKEN)
def test_what_the_schema_refuses_is_refused_with_its_place(
    change: Callable[[dict[str, Any]], object], fault: str
) -> None:
    document = changed(change)

    assert faults(document) == [fault]
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize(("change", "fault"), MEANINGLESS)
def test_what_no_schema_can_see_is_refused_too(change: Callable[[dict[str, Any]], object], fault: str) -> None:
    document = changed(change)

    assert faults(document) == [fault]
    assert VALIDATOR.is_valid(document)


def test_the_faults_of_all_observations_are_told_at_once() -> None:
    def break_two(document: dict[str, Any]) -> None:
        document["observations"][0]["level"] = "high"
        document["observations"][2]["assesor"] = "ana"

    assert faults(changed(break_two)) == ["observations[0].level: whole_expected", "observations[2]: member_misspelt"]


def test_children_are_read_to_any_depth_and_their_faults_placed() -> None:
    inner = {
        "competency": "inner",
        "parent_policy": {"method": "all@1", "scale": "s"},
        "children": copy.deepcopy(TWO_OF_A_KIND["children"]),
    }
    everything = {"method": "all@1", "scale": "four-levels"}
    nested = changed(lambda d: d.update(children=[inner], parent_policy=everything), TWO_OF_A_KIND)
    VALIDATOR.validate(nested)
    read_trial(nested)

    inner["children"][1] = {**inner["children"][1], "flag": True}
    assert faults(nested) == ["children[0].children[1]: member_unknown"]
    flagged = changed(lambda d: d["parent_policy"]["terms"][0].update(required="yes"), TWO_OF_A_KIND)
    assert faults(flagged) == ["parent_policy.terms[0].required: flag_expected"]
    twice = changed(lambda d: d["parent_policy"]["terms"].append({"competency": "Keep records"}), TWO_OF_A_KIND)
    assert faults(twice) == ["parent_policy.terms[2].competency: named_twice"]


def test_competencies_below_each_other_without_end_are_refused() -> None:
    nested: dict[str, Any] = {"competency": "c", "parent_policy": {"method": "all@1", "scale": "s"}, "children": []}
    for _ in range(249):
        nested = {**nested, "children": [nested]}
    del nested["competency"]

    (fault,) = faults({**nested, "as_of": "2026-05-04", "known_at": "2026-05-04T09:30:00Z"})

    assert fault.endswith("children[0]: too_deep")


def test_terms_that_name_no_child_are_refused_with_their_place() -> None:
    stray = changed(lambda d: d["parent_policy"]["terms"][1].update(competency="Elsewhere"), TWO_OF_A_KIND)

    assert faults(stray) == ["parent_policy.terms[1].competency: terms_name_no_child"]


def test_a_level_that_the_scale_does_not_have_is_refused_with_its_place() -> None:
    high = changed(lambda d: d["children"][1].update(observations=[{**ROW, "level": 7}]), TWO_OF_A_KIND)

    assert faults(high) == ["children[1].observations[0].level: rank_not_on_scale"]


def test_rows_that_contradict_each_other_are_refused_with_the_place_of_their_list() -> None:
    twice = changed(lambda d: d["children"][1].update(observations=[ROW, {**ROW, "level": 4}]), TWO_OF_A_KIND)
    trial = read_trial(twice)

    with pytest.raises(FaultyError) as refused:
        decide_subject(trial.subject, as_of=trial.as_of, known_at=trial.known_at)

    assert [fault.path for fault in refused.value.faults] == ["children[1].observations.id"]


def test_every_optional_member_of_a_policy_may_be_left_away_or_null() -> None:
    least = {name: THREE_TIMES["policy"][name] for name in DEFINITIONS["policy"]["required"]} | {"method": "latest@1"}
    nulls = dict.fromkeys(("times", "accepted_kinds", "recency_days", "validity"))

    assert read_policy(least) == read_policy({**least, **nulls})


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (b'{"a": 1,\n "b": }', "not_json", ("2", "7")),
        (b"", "not_json", ("1", "1")),
        (b'{"a":\n "\xff"}', "not_utf8", ("2", "3")),
        (b'{"a": 1, "a": 2}', "member_twice", None),
        (b'{"a": NaN}', "not_a_number", None),
        (b"[" * 100_000, "too_deep", None),
        (b"1" * 5_000, "integer_too_long", None),
        (b'"\\ud800"', "half_a_character", None),
    ],
)
def test_text_that_is_no_json_is_refused_with_line_and_column(
    content: bytes, code: str, place: tuple[str, str] | None
) -> None:
    with pytest.raises(FormatError) as refused:
        load(content)

    (fault,) = refused.value.faults
    assert fault.code == code
    assert place is None or (fault.values["line"], fault.values["column"]) == place


def test_a_byte_order_mark_is_no_fault() -> None:
    assert load(b'\xef\xbb\xbf{"a": [1, "\\ud83d\\ude00"]}') == {"a": [1, "😀"]}
