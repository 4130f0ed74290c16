"""The exact solver: what a seed, a limit or a second proof may and may not change."""

import subprocess
import sys
from pathlib import Path

import pytest

from programs.audit.rules.audit import audit
from programs.audit.rules.completion.kept_plan import filled
from programs.audit.rules.completion.numbered_tree import numbered_tree_of
from programs.audit.rules.completion.numbering import numbered_problem
from programs.audit.rules.context import Context, Method
from programs.audit.rules.result import AuditOutcome
from programs.audit.solvers.cp_sat import CpSat, Effort
from tests.benchmarks.audit_learners import contested
from tests.programs.audit_oracle import Oracle
from tests.programs.audit_trees import TODAY, Case, case_of

ROOT = Path(__file__).parents[2]
SMALL = 40
LARGE = (5, 7, 9)


def contested_cases() -> list[Case]:
    found: list[Case] = []
    seed = 0
    while len(found) < SMALL:
        case = case_of(seed)
        seed += 1
        if audit(case.tree, case.attainments, [], context=case.context, on=TODAY).today.contested:
            found.append(case)
    return found


def large(number: int, effort: Effort) -> AuditOutcome:
    tree, attainments = contested(number)
    return audit(tree, attainments, [], context=Context(Method.ONE), on=TODAY, solver=CpSat(effort)).today


@pytest.mark.parametrize("number", LARGE)
def test_neither_a_seed_nor_the_way_of_the_proof_decides(number: int) -> None:
    ways = [Effort(), *(Effort(quick=0, seed=seed) for seed in range(3))]
    answers = [large(number, way) for way in ways]

    assert all(answer.proven and answer.contested for answer in answers)
    assert len({answer.assignment for answer in answers}) == 1


@pytest.mark.parametrize("number", LARGE)
def test_nothing_that_fits_is_left_out(number: int) -> None:
    report = large(number, Effort()).report

    assert filled(report.numbered.problem, report.plan) == report.plan


@pytest.mark.parametrize("number", LARGE)
def test_a_solver_without_time_leaves_the_bounds_as_they_are(number: int) -> None:
    outcome = large(number, Effort(quick=0, steady=0, ties=0))
    tree, attainments = contested(number)
    bounds = audit(tree, attainments, [], context=Context(Method.ONE), on=TODAY).today

    assert (outcome.distance, outcome.lower_bound) == (bounds.distance, bounds.lower_bound)
    assert not outcome.proven
    assert outcome.status_proven


def test_blocked_is_whether_there_is_something_left() -> None:
    for case in contested_cases():
        shape = numbered_tree_of(case.tree, Method.ONE)
        attainments = sorted(case.attainments, key=lambda attainment: attainment.id)
        problem = numbered_problem(shape, attainments, (), planned=frozenset(), context=case.context, on=TODAY).problem
        distance = Oracle(case.attainments, case.context, TODAY).cheapest(case.tree)

        assert CpSat().blocked(problem) is (distance > 0), case
        core = CpSat().core(problem)
        assert (core is not None) is (distance > 0)
        assert core is None or (core <= set(problem.rules.places) and CpSat().blocked(problem.keeping(core)))


def test_the_solver_is_not_loaded_before_it_is_needed() -> None:
    script = """
import sys
from datetime import date
from programs.audit.rules.audit import audit
from programs.audit.rules.context import Context, Method
from programs.audit.rules.requirements import Kind, Requirement
from programs.audit.solvers.cp_sat import CpSat
tree = Requirement("r", Kind.COMPETENCY, accepts=("a",))
assert audit(tree, [], [], context=Context(Method.ONE), on=date(2026, 11, 22), solver=CpSat()).today.distance == 100
assert not [name for name in sys.modules if name.partition(".")[0] in ("ortools", "pandas", "django")]
"""

    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)
