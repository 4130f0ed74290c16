"""`try_audit` as an operator meets it: JSON in, JSON out, and faults that say where and how to mend them."""

import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import CommandError, call_command

from programs.audit.formats.audit_json import read_assignment, read_requirement
from programs.audit.formats.audit_result_json import assignment_as_json, requirement_as_json
from programs.audit.formats.audit_schema import DEFINITIONS, EXAMPLE, SCHEMA
from programs.audit.rules.audit import audit
from programs.audit.rules.requirements import Requirement
from tests.programs.audit_trees import TODAY, case_of

CASES = Path(__file__).parent / "audit_cases.json"
UNDECIDED = Path(__file__).parent / "audit_undecided_cases.json"


def tried(tmp_path: Path, document: object, *options: str) -> dict[str, Any]:
    file = tmp_path / "trial.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    out = io.StringIO()
    call_command("try_audit", str(file), *options, "--json", stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return answer


def refused(tmp_path: Path, document: object) -> str:
    with pytest.raises(CommandError) as error:
        tried(tmp_path, document)
    return str(error.value)


def test_the_example_is_audited(tmp_path: Path) -> None:
    answer = tried(tmp_path, EXAMPLE)

    assert answer["ok"]
    assert (answer["status"], answer["short"], answer["today"]["distance"]) == ("in_progress", 0, 200)
    assert answer["today"]["steps"] == [{"node": "certificate", "missing": "earn_credits", "cost": 200}]
    assert answer["today"]["blocking"] == ["min_credits:certificate"]
    assert [(use["attainment"], use["node"]) for use in answer["projected"]["uses"]] == [
        ("m1", "interview"),
        ("m1", "electives"),
        ("p1", "electives"),
        ("r1", "electives"),
    ]


def test_the_answer_is_printed_for_people_too(tmp_path: Path) -> None:
    file = tmp_path / "trial.json"
    file.write_text(json.dumps(EXAMPLE))
    out = io.StringIO()

    call_command("try_audit", str(file), stdout=out)

    assert json.loads(out.getvalue())["status"] == "in_progress"


def test_stdin_is_read_for_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.TextIOWrapper(io.BytesIO(json.dumps(EXAMPLE).encode()))
    monkeypatch.setattr("sys.stdin", content)
    out = io.StringIO()

    call_command("try_audit", "-", stdout=out)

    assert json.loads(out.getvalue())["status"] == "in_progress"


def test_a_file_of_cases_is_compared_with_what_each_expects(tmp_path: Path) -> None:
    document = json.loads(CASES.read_text())
    answer = tried(tmp_path, document)
    assert answer["ok"]
    assert len(answer["results"]) == sum(len(case["variants"]) for case in document["cases"])

    document["cases"][0]["variants"][0]["expect"]["short"] = 1
    assert refused(tmp_path, document) == (
        "nothing_brought: a competency, an elective and a viva: short is 900, expected 1."
    )


def test_cases_that_are_not_decided_yet_are_told_beside_those_that_are(tmp_path: Path) -> None:
    answer = tried(tmp_path, UNDECIDED.read_text())

    assert answer["ok"]
    assert ["refused" in result for result in answer["results"]] == [True, False, True, False]


def test_without_the_solver_what_is_open_stays_open(tmp_path: Path) -> None:
    contested = {
        "on": "2026-11-22",
        "root": {
            "id": "r",
            "kind": "choose",
            "n": 1,
            "min_credits": 1000,
            "children": [
                {"id": "A", "kind": "competency", "accepts": ["a"], "nominal": 500},
                {
                    "id": "B",
                    "kind": "all",
                    "children": [
                        {"id": "B1", "kind": "credits", "accepts": ["a"], "min_credits": 100},
                        {"id": "B2", "kind": "milestone"},
                    ],
                },
            ],
        },
        "attainments": [{"id": "a1", "comp": "a", "credits": 500}, {"id": "a2", "comp": "a", "credits": 500}],
    }

    exact, bounds = tried(tmp_path, contested)["today"], tried(tmp_path, contested, "--bounds-only")["today"]

    assert exact["contested"]
    assert (exact["proven"], exact["distance"], exact["engine"][:6]) == (True, 100, "cp_sat")
    assert (bounds["proven"], bounds["engine"]) == (False, "bounds")
    assert bounds["lower_bound"] <= 100 <= bounds["distance"]


def test_the_schema_describes_what_is_read() -> None:
    out = io.StringIO()
    call_command("try_audit", "--schema", stdout=out)

    schema = json.loads(out.getvalue())
    validator = jsonschema.Draft202012Validator(schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(validator.iter_errors(EXAMPLE)) == []
    assert list(validator.iter_errors(json.loads(CASES.read_text()))) == []


def test_the_schema_describes_cases_that_are_not_decided_yet() -> None:
    errors = jsonschema.Draft202012Validator(SCHEMA).iter_errors(json.loads(UNDECIDED.read_text()))

    assert [error.message for error in errors] == []


ROOT = {"id": "r", "kind": "all", "children": [{"id": "x", "kind": "competency", "accepts": ["a"]}]}


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("{", "Line 1, column 2"),
        ('{"root": }', "Line 1, column 10"),
        ({"root": ROOT}, "The member “attainments” is missing."),
        ({"root": ROOT, "attainments": [], "colour": 1}, "“colour”"),
        ({"root": {**ROOT, "min_credit": 5}, "attainments": []}, "“min_credits”"),
        ({"root": {**ROOT, "kind": "any"}, "attainments": []}, 'root.kind: "any" is not one of the words known here.'),
        (
            {"root": {**ROOT, "min_credits": -5}, "attainments": []},
            "root.min_credits: -5 is below nothing. Write 0 or more.",
        ),
        ({"root": {**ROOT, "min_credits": 5.0}, "attainments": []}, "root.min_credits: 5.0 is not a whole number."),
        ({"root": {**ROOT, "max_source": [["transfer"]]}, "attainments": []}, "Write [source, hundredths]."),
        ({"root": {**ROOT, "max_source": [["moon", 5]]}, "attainments": []}, "root.max_source[0][0]:"),
        ({"root": ROOT, "attainments": [{"id": "a", "achieved_on": "2026-02-30"}]}, "attainments[0].achieved_on:"),
        ({"root": ROOT, "attainments": [{"id": ""}]}, "attainments[0].id: This is empty."),
        ({"root": ROOT, "attainments": [], "share_caps": [["x", "y", 1, "m"]]}, "share_caps[0][3]:"),
        ({"root": ROOT, "attainments": [{"id": "a"}, {"id": "a"}]}, "a: Two attainments have this id."),
        (
            {"root": {**ROOT, "exclusive": True}, "attainments": []},
            "r: Parts that may not share a piece are not decided yet.",
        ),
        ({"root": {**ROOT, "kind": "choose", "n": 3}, "attainments": []}, "r: 3 of 1 parts cannot be chosen."),
        (
            {"root": {"id": "q", "kind": "quantity"}, "attainments": []},
            "q: The quantity to reach is nothing. Say how much is asked for.",
        ),
    ],
)
def test_a_fault_is_said_with_its_place_and_mend(tmp_path: Path, document: object, sentence: str) -> None:
    assert sentence in refused(tmp_path, document)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    attainments = [{"id": "a", "credits": "5"}, {"id": "b", "source": "here"}]

    assert len(refused(tmp_path, {"root": ROOT, "attainments": attainments}).splitlines()) == 2


def test_a_missing_file_and_a_missing_name_are_said_plainly() -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("try_audit", "nowhere.json")
    with pytest.raises(CommandError, match="Name a JSON file"):
        call_command("try_audit")


def test_trees_and_assignments_are_read_back_as_they_were() -> None:
    for seed in range(200):
        case = case_of(seed)
        assignment = audit(case.tree, case.attainments, [], context=case.context, on=TODAY).today.assignment

        assert read_requirement(json.loads(json.dumps(requirement_as_json(case.tree)))) == case.tree
        assert read_assignment(json.loads(json.dumps(assignment_as_json(assignment)))) == assignment


def test_the_schema_names_every_member_of_a_requirement() -> None:
    members = set(DEFINITIONS["requirement"]["properties"])

    assert members == set(Requirement.__dataclass_fields__) | {"fact"}
