"""Written cases, each a sentence, by both methods."""

import json
from pathlib import Path
from typing import Any

import pytest

from programs.audit.formats.audit_json import Trial, read_trials
from programs.audit.rules.audit import audit
from programs.audit.rules.conditions import decided_tree_of
from programs.audit.rules.context import Method
from programs.audit.rules.result import Audit
from programs.audit.solvers.cp_sat import CpSat
from tests.programs.audit_checker import Checker
from tests.programs.audit_oracle_2 import faults_of_outcome
from tests.programs.audit_trees import TODAY

HERE = Path(__file__).parent
FILES = (HERE / "audit_cases.json", HERE / "audit_sharing_cases.json")


def variants() -> list[Any]:
    trials = [trial for file in FILES for trial in read_trials(json.loads(file.read_text()))]
    return [pytest.param(trial, id=trial.label) for trial in trials]


def audited(trial: Trial) -> Audit:
    return audit(
        trial.tree,
        trial.attainments,
        trial.exceptions,
        planned=trial.planned,
        context=trial.context,
        on=trial.on or TODAY,
        facts=trial.facts,
        solver=CpSat(),
    )


def assert_as_expected(trial: Trial) -> None:
    result = audited(trial)
    assert trial.expect is not None
    assert (result.status, result.projected.distance) == (trial.expect.status, trial.expect.short)
    assert result.projected.proven
    if trial.expect.blocking is not None:
        assert sorted(map(str, result.projected.blocking)) == sorted(trial.expect.blocking)
        assert result.projected.irreducible


@pytest.mark.parametrize("trial", variants())
def test_a_case_of_ours_is_answered_as_it_says(trial: Trial) -> None:
    assert_as_expected(trial)


@pytest.mark.parametrize("trial", variants())
def test_a_naive_checker_agrees_on_our_cases(trial: Trial) -> None:
    on = trial.on or TODAY
    outcome = audited(trial).today

    if trial.context.method is Method.ONE:
        assert Checker(trial.tree, trial.attainments, trial.context, on, outcome).faults() == []
    else:
        tree = decided_tree_of(trial.tree, trial.facts, trial.context.method).tree
        decisions = [decision for decision in trial.exceptions if not decision.pending]
        assert faults_of_outcome(outcome, tree, trial.attainments, decisions, trial.context, on) == []
