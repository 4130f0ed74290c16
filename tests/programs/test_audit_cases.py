"""Written cases, each a sentence: those that are decided, and those that wait for exclusivity and sharing."""

import json
from pathlib import Path
from typing import Any

import pytest

from programs.audit.formats.audit_json import Trial, read_trials
from programs.audit.rules.audit import audit
from programs.audit.rules.errors import UnsupportedRuleError
from programs.audit.rules.result import Audit
from programs.audit.solvers.cp_sat import CpSat
from tests.programs.audit_checker import Checker
from tests.programs.audit_trees import TODAY

HERE = Path(__file__).parent
UNDECIDED = HERE / "audit_undecided_cases.json"


def variants(file: Path) -> list[Any]:
    trials = read_trials(json.loads(file.read_text()))
    return [pytest.param(trial, id=trial.label) for trial in trials]


def waits(trial: Trial) -> bool:
    """Whether the case uses what the audit does not decide yet."""
    return any(node.exclusive or node.share_caps for node in trial.tree.walk())


def audited(trial: Trial) -> Audit:
    return audit(
        trial.tree,
        trial.attainments,
        trial.exceptions,
        planned=trial.planned,
        context=trial.context,
        on=trial.on or TODAY,
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


@pytest.mark.parametrize("trial", variants(UNDECIDED))
def test_a_case_is_answered_as_it_says_or_refused_plainly(trial: Trial) -> None:
    if waits(trial):
        with pytest.raises(UnsupportedRuleError, match="_not_yet"):
            audited(trial)
    else:
        assert_as_expected(trial)


def test_what_waits_is_exclusivity_and_sharing_alone() -> None:
    assert {trial.label for trial in read_trials(json.loads(UNDECIDED.read_text())) if waits(trial)} == {
        "one_loaf_for_two_stalls: one piece, two parts",
        "guilds_share_one_piece: two pieces, one may be shared",
    }


@pytest.mark.parametrize("trial", variants(HERE / "audit_cases.json"))
def test_a_case_of_ours_is_answered_as_it_says(trial: Trial) -> None:
    assert_as_expected(trial)


@pytest.mark.parametrize("trial", variants(HERE / "audit_cases.json"))
def test_a_naive_checker_agrees_on_our_cases(trial: Trial) -> None:
    on = trial.on or TODAY
    outcome = audited(trial).today

    assert Checker(trial.tree, trial.attainments, trial.context, on, outcome).faults() == []
