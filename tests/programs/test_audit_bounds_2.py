"""The certified lower bound of audit@2: new pieces that serve several leaves are charged once."""

import json
from datetime import date
from typing import Any

import pytest

from programs.audit.formats.audit_json import read_trials
from programs.audit.rules.audit import audit

CHOICE: dict[str, Any] = {
    "id": "n1", "kind": "choose", "n": 3, "exclusive": False, "credit_table": {"*": 150},
    "children": [
        {"id": "n2", "kind": "credits", "accepts": ["a", "c"], "min_credits": 200, "min_pieces": 2},
        {"id": "n3", "kind": "competency", "accepts": ["b"], "nominal": 100},
        {"id": "n4", "kind": "credits", "accepts": ["d", "b", "c"], "min_credits": 200, "min_pieces": 2},
        {"id": "n5", "kind": "competency", "accepts": ["c", "a"], "nominal": 200},
    ],
}  # fmt: skip
EVERYTHING: dict[str, Any] = {
    "id": "n1", "kind": "all", "exclusive": False, "credit_table": {"*": 150},
    "children": [
        {"id": "n2", "kind": "credits", "accepts": ["*"], "min_credits": 200, "min_pieces": 2},
        {"id": "n3", "kind": "competency", "accepts": ["c"]},
        {"id": "n4", "kind": "competency", "accepts": ["d"]},
    ],
}  # fmt: skip


@pytest.mark.parametrize(("root", "least"), [(CHOICE, 350), (EVERYTHING, 300)])
def test_numbers_of_pieces_do_not_charge_a_shared_new_piece_twice(root: dict[str, Any], least: int) -> None:
    (trial,) = read_trials(json.loads(json.dumps({"root": root, "attainments": [], "on": "2026-09-01"})))

    found = audit(trial.tree, (), (), context=trial.context, on=date(2026, 9, 1))

    assert found.today.lower_bound <= least == found.whole
    assert found.today.distance >= least
