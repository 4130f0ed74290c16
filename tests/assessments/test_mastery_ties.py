"""Decisions without keys of one database: ties end by public id, and the second form of a decision holds public ids."""

import json
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.mastery.formats.decision_json import FORM, as_json, decision_as_json, decision_digest
from assessments.mastery.rules.decisions import MasteryDecision
from assessments.mastery.rules.faults import ObservationError
from assessments.mastery.rules.mastery import decide
from assessments.mastery.rules.observations import Observation, numbered_by
from assessments.mastery.rules.policies import Policy
from core.text.canonical import digest
from tests.assessments.mastery_cases import FIRST_INSTANT, SCALE, DrawnCase, cases, fewer, piece

MONDAY = date(2026, 2, 2)
LATER = FIRST_INSTANT + timedelta(days=1)


def decided(method: str, *rows: Observation) -> MasteryDecision:
    return decide(Policy(method=method, scale=SCALE, level=3), rows, as_of=MONDAY, known_at=LATER)


WEAK_FIRST_BY_KEY = (replace(piece(1, MONDAY, 1), public_id="b"), replace(piece(2, MONDAY, 3), public_id="a"))


@pytest.mark.parametrize(("method", "level"), [("latest@1", 3), ("latest@2", 1)])
def test_the_first_version_ends_ties_by_key_and_the_second_by_public_id(method: str, level: int) -> None:
    assert decided(method, *WEAK_FIRST_BY_KEY).level == level


def restored(rows: tuple[Observation, ...], random: Random) -> tuple[Observation, ...]:
    """The same rows under other keys, as a database has them that was filled anew."""
    return tuple(replace(row, id=key) for row, key in zip(rows, random.sample(range(1000), len(rows)), strict=True))


@fewer
@given(cases, st.randoms(use_true_random=False))
def test_the_second_form_is_the_same_under_other_keys(case: DrawnCase, random: Random) -> None:
    policy = case.policy if not case.policy.rule.ties_by_key else replace(case.policy, method=newer(case.policy))
    elsewhere = restored(case.rows, random)

    here = decide(policy, case.rows, as_of=case.as_of, known_at=case.known_at)
    there = decide(policy, elsewhere, as_of=case.as_of, known_at=case.known_at)

    assert decision_as_json(there, elsewhere) == decision_as_json(here, case.rows)
    assert decision_digest(policy, here, case.rows) == digest(decision_as_json(here, case.rows))


@fewer
@given(cases)
def test_the_second_form_has_the_members_of_the_first_and_the_same_values_but_for_the_names_of_rows(
    case: DrawnCase,
) -> None:
    decision = decide(case.policy, case.rows, as_of=case.as_of, known_at=case.known_at)
    names = {row.public_id: row.id for row in case.rows}
    second = decision_as_json(decision, case.rows)

    by_key: dict[str, Any] = json.loads(json.dumps(second))
    assert by_key.pop("format") == FORM
    by_key["used"] = [names[row] for row in by_key["used"]]
    by_key["left_out"] = [{**row, "id": names[row["id"]]} for row in by_key["left_out"]]
    by_key["workings"]["deciding"] = [names[row] for row in by_key["workings"]["deciding"]]
    assert by_key == as_json(decision)


def newer(policy: Policy) -> str:
    return policy.method.replace("@1", "@2")


@fewer
@given(cases, st.randoms(use_true_random=False))
def test_numbered_by_the_order_of_their_keys_rows_are_decided_as_then_by_any_version(
    case: DrawnCase, random: Random
) -> None:
    then = [row.public_id for row in sorted(case.rows, key=lambda row: row.id)]
    here = decide(case.policy, case.rows, as_of=case.as_of, known_at=case.known_at)

    elsewhere = numbered_by(then, restored(case.rows, random))
    there = decide(case.policy, elsewhere, as_of=case.as_of, known_at=case.known_at)

    assert decision_as_json(there, elsewhere) == decision_as_json(here, case.rows)


def test_the_second_form_names_itself_and_every_row_by_its_public_id() -> None:
    rows = tuple(replace(row, public_id=f"row-{row.id}") for row in (piece(71, MONDAY, 3), piece(72, MONDAY, 1)))
    late = replace(piece(73, MONDAY, 4, recorded=LATER + timedelta(days=1)), public_id="row-73")
    document = decision_as_json(decided("highest@2", *rows, late), (*rows, late))

    assert document["format"] == FORM == "cairn-mastery@2"
    assert document["used"] == ["row-71", "row-72"]
    assert document["left_out"] == [{"id": "row-73", "reason": "not_yet_known"}]
    assert '"deciding": ["row-71"]' in json.dumps(document)


def test_the_digest_of_an_older_method_stays_that_of_the_first_form() -> None:
    policy = Policy(method="latest@1", scale=SCALE, level=3)
    decision = decided("latest@1", *WEAK_FIRST_BY_KEY)

    assert decision_digest(policy, decision, WEAK_FIRST_BY_KEY) == digest(as_json(decision))
    # Written down before the second form existed: stored rows and records of awards keep this digest.
    assert digest(as_json(decision)) == "c1:d2416974c970e641fc19dd6bfec96b649a5d09b9d0981da4c092e9957a8fb2fe"


def test_two_rows_of_one_public_id_are_refused() -> None:
    with pytest.raises(ObservationError) as refused:
        decided("latest@2", *(replace(row, public_id="same") for row in WEAK_FIRST_BY_KEY))

    assert [str(fault) for fault in refused.value.faults] == ["public_id: same_id_differs (given=same)"]
