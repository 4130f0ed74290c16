"""`try_audit` as an operator meets it: JSON in, JSON out, and faults that say where and how to mend them."""

import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import CommandError, call_command

from programs.audit.formats.audit_json import (
    read_assignment,
    read_attainment,
    read_exception,
    read_facts,
    read_requirement,
)
from programs.audit.formats.audit_result_json import (
    assignment_as_json,
    attainment_as_json,
    exception_as_json,
    facts_as_json,
    requirement_as_json,
)
from programs.audit.formats.audit_schema import DEFINITIONS, EXAMPLE, SCHEMA
from programs.audit.rules.audit import audit
from programs.audit.rules.requirements import Requirement
from tests.programs.audit_trees import TODAY, case_of
from tests.programs.audit_trees_2 import case_2_of

CASES = Path(__file__).parent / "audit_cases.json"
SHARING = Path(__file__).parent / "audit_sharing_cases.json"


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


def test_cases_on_sharing_are_compared_too(tmp_path: Path) -> None:
    answer = tried(tmp_path, SHARING.read_text())

    assert answer["ok"]
    assert {result["method"] for result in answer["results"]} == {"audit@3"}


def test_a_silent_tree_is_read_as_exclusive_where_groups_compete_and_the_answer_says_so(tmp_path: Path) -> None:
    def group(name: str) -> dict[str, Any]:
        return {"id": name, "kind": "credits", "accepts": ["loaf", "roll"], "min_credits": 200}

    def answer(**members: object) -> dict[str, Any]:
        root = {"id": "r", "kind": "all", "children": [group("baking"), group("selling")], **members}
        pieces = [{"id": "l", "comp": "loaf", "credits": 100}, {"id": "o", "comp": "roll", "credits": 100}]
        return tried(tmp_path, {"root": root, "attainments": pieces})

    assert (answer()["short"], answer()["read_as_exclusive"]) == (200, ["r"])
    assert (answer(exclusive=False)["short"], answer(exclusive=False)["read_as_exclusive"]) == (0, [])
    assert (answer(exclusive=True)["short"], answer(exclusive=True)["read_as_exclusive"]) == (200, [])


def test_competencies_beside_each_other_share_where_nothing_is_said(tmp_path: Path) -> None:
    leaves = [{"id": name, "kind": "competency", "accepts": ["knead"], "nominal": 200} for name in "xy"]

    answer = tried(tmp_path, {"root": {"id": "r", "kind": "all", "children": leaves}, "attainments": []})

    assert (answer["short"], answer["read_as_exclusive"]) == (200, [])
    assert answer["today"]["new_pieces"] == [{"competency": "knead", "nodes": ["x", "y"], "cost": 200}]


def test_what_the_linter_refuses_is_said_with_its_path_and_audited_all_the_same(tmp_path: Path) -> None:
    root = {
        "id": "r",
        "kind": "all",
        "children": [{"id": "e", "kind": "credits", "accepts": ["*"], "min_credits": 300}],
    }

    answer = tried(tmp_path, {"root": root, "attainments": [{"id": "m", "comp": "knead"}]})

    assert answer["short"] == 300
    assert [(finding["path"], finding["code"]) for finding in answer["findings"]] == [
        ("root.children[0]", "no_credit_by_mastery")
    ]
    assert answer["findings"][0]["text"].startswith("root.children[0]: No credit is stated for any competency")


def test_the_first_method_answers_as_before(tmp_path: Path) -> None:
    root = {
        "id": "r",
        "kind": "choose",
        "n": 1,
        "min_credits": 200,
        "children": [
            {"id": "a", "kind": "competency", "accepts": ["a"]},
            {"id": "b", "kind": "competency", "accepts": ["b"], "nominal": 200},
        ],
    }

    one, two = (tried(tmp_path, {"root": root, "attainments": [], "method": f"audit@{n}"}) for n in (1, 2))

    assert (one["method"], one["whole"], two["method"], two["whole"]) == ("audit@1", 300, "audit@2", 200)
    assert {"conditions", "not_applicable", "read_as_exclusive", "findings"} == set(two) - set(one)


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


def test_the_schema_describes_cases_on_sharing() -> None:
    errors = jsonschema.Draft202012Validator(SCHEMA).iter_errors(json.loads(SHARING.read_text()))

    assert [error.message for error in errors] == []


ROOT = {"id": "r", "kind": "all", "children": [{"id": "x", "kind": "competency", "accepts": ["a"]}]}
A = {"id": "a", "comp": "a"}
WAIVE = {"id": "e", "kind": "waive", "node": "x"}


def nested(depth: int) -> dict[str, Any]:
    """A tree of groups in groups."""
    tree: dict[str, Any] = ROOT
    for level in range(depth):
        tree = {"id": f"g{level}", "kind": "all", "children": [tree]}
    return tree


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
        ({"root": ROOT, "attainments": [A, A]}, "attainments[1].id: Two attainments have this id."),
        ({"root": {**ROOT, "id": "x"}, "attainments": []}, "root.children[0].id: Two requirements have this id."),
        ({"root": ROOT, "attainments": [A], "exceptions": [WAIVE, WAIVE]}, "exceptions[1].id: Two exceptions have"),
        (
            {"root": ROOT, "attainments": [], "exceptions": [{**WAIVE, "node": "z"}]},
            "exceptions[0].node: z is not a requirement of this tree.",
        ),
        (
            {"root": ROOT, "attainments": [], "exceptions": [{**WAIVE, "kind": "substitute"}]},
            "exceptions[0]: The member “attainment” is missing.",
        ),
        (
            {"root": ROOT, "attainments": [], "exceptions": [{**WAIVE, "kind": "also_allow"}]},
            "exceptions[0]: The member “comp” is missing.",
        ),
        ({"root": ROOT, "attainments": [{"id": "a"}]}, "attainments[0]: The member “comp” is missing."),
        ({"root": ROOT, "attainments": [{"id": "a", "kind": "award"}]}, "attainments[0]: The member “ref” is missing."),
        ({"root": {**ROOT, "within_days": 36526}, "attainments": []}, "root.within_days: 36526 is more than"),
        ({"root": ROOT, "attainments": [{**A, "credits": 10**15}]}, "attainments[0].credits: 1000000000000000 is more"),
        ({"root": {**ROOT, "max_source": [["transfer", 10**10]]}, "attainments": []}, "root.max_source[0][1]: 10000"),
        ({"root": nested(120), "attainments": []}, ".children[0]: The tree is more than 100 levels deep here."),
        ({"root": {**ROOT, "kind": "if"}, "attainments": []}, "r: A part that depends on a condition has none."),
        ({"root": {**ROOT, "share_caps": [["x", "y", 1, "count"]]}, "attainments": []}, "y is not among the parts."),
        ({"root": {**ROOT, "exclusive": True}, "attainments": [], "method": "audit@1"}, "r: Parts that may not share"),
        ({"root": ROOT, "attainments": [], "facts": {"intake": 1.5}}, "facts.intake: 1.5 is not a whole number."),
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
    attainments = [{**A, "credits": "5"}, {"id": "b", "comp": "b", "source": "here"}]

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
        newer = case_2_of(seed)
        assert read_requirement(json.loads(json.dumps(requirement_as_json(newer.tree)))) == newer.tree
        assert read_facts(json.loads(json.dumps(facts_as_json(newer.facts)))) == newer.facts
        for attainment in newer.attainments:
            assert read_attainment(json.loads(json.dumps(attainment_as_json(attainment))))[0] == attainment
        for decision in newer.exceptions:
            assert read_exception(json.loads(json.dumps(exception_as_json(decision)))) == decision
        assert read_assignment(json.loads(json.dumps(assignment_as_json(assignment)))) == assignment


def test_the_schema_names_every_member_of_a_requirement() -> None:
    members = set(DEFINITIONS["requirement"]["properties"])

    assert members == set(Requirement.__dataclass_fields__) | {"fact"}
