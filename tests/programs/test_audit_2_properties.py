"""What holds for every audit by the newest method: it equals trying everything, and more never means further to go."""

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest

from programs.audit.formats.audit_result_json import outcome_as_json
from programs.audit.rules.audit import audit
from programs.audit.rules.completion.assignment import Assignment
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.conditions import decided_tree_of
from programs.audit.rules.requirements import Requirement
from programs.audit.rules.result import Audit
from programs.audit.solvers.cp_sat import CpSat
from programs.rules.attainments import Attainment, Basis, ExceptionKind, RequirementException
from tests.conftest import LONG
from tests.programs.audit_oracle_2 import Oracle2, faults_of_outcome
from tests.programs.audit_trees import TODAY
from tests.programs.audit_trees_2 import Case2, case_2_of

# CAIRN_TREES=10000 is the whole, as in the long run; the usual one draws the first of the same trees.
COUNT = int(os.environ.get("CAIRN_TREES") or (10_000 if LONG else 200))
BATCH = COUNT // 10
SOLVER = CpSat()
HELPS = (ExceptionKind.WAIVE, ExceptionKind.FORCE_COMPLETE, ExceptionKind.ALSO_ALLOW, ExceptionKind.SUBSTITUTE)

batches = pytest.mark.parametrize("first", range(0, COUNT, BATCH))


def audited(
    case: Case2,
    attainments: Sequence[Attainment] | None = None,
    *,
    more: Sequence[RequirementException] = (),
    planned: Sequence[Attainment] = (),
    previous: Assignment | None = None,
    solver: Solver | None = SOLVER,
) -> Audit:
    return audit(
        case.tree,
        case.attainments if attainments is None else attainments,
        (*case.exceptions, *more),
        planned=planned,
        context=case.context,
        on=TODAY,
        facts=case.facts,
        previous=previous,
        solver=solver,
    )


def applying(case: Case2) -> Requirement:
    return decided_tree_of(case.tree, case.facts, case.context.method).tree


def oracle(case: Case2) -> Oracle2:
    return Oracle2(applying(case), case.attainments, case.exceptions, case.context, TODAY)


def answer(result: Audit) -> dict[str, object]:
    """Everything that the audit says, without the way in which it was found."""
    as_json = outcome_as_json(result.today, newer=True)
    return {name: value for name, value in as_json.items() if name not in {"engine", "contested"}}


@cache
def distance(seed: int) -> int:
    return audited(case_2_of(seed)).today.distance


@batches
def test_the_distance_is_that_of_trying_everything_and_the_bounds_enclose_it(first: int) -> None:
    for seed in range(first, first + BATCH):
        case = case_2_of(seed)
        least = oracle(case).cheapest()
        exact, bounds = audited(case).today, audited(case, solver=None).today

        assert (exact.distance, exact.proven) == (least, True), seed
        assert bounds.lower_bound <= exact.distance <= bounds.distance, seed


@batches
def test_a_naive_checker_agrees_without_searching(first: int) -> None:
    for seed in range(first, first + BATCH):
        case = case_2_of(seed)
        outcome = audited(case).today

        assert (
            faults_of_outcome(outcome, applying(case), case.attainments, case.exceptions, case.context, TODAY) == []
        ), seed


@batches
def test_the_whole_is_the_least_cost_of_somebody_without_anything(first: int) -> None:
    for seed in range(first, first + BATCH):
        case = case_2_of(seed)

        whole = Oracle2(applying(case), (), (), case.context, TODAY).cheapest()
        assert audited(case, solver=None).whole == whole, seed


@batches
def test_an_audit_fed_its_own_result_gives_the_same_answer(first: int) -> None:
    for seed in range(first, first + BATCH):
        case = case_2_of(seed)
        for solver in (None, SOLVER):
            before = audited(case, solver=solver)
            again = audited(case, solver=solver, previous=before.today.assignment)

            assert answer(again) == answer(before), seed


@pytest.mark.parametrize("seed", [1194])
def test_an_award_counts_its_own_credit_before_and_after_an_audit_is_fed_its_result(seed: int) -> None:
    case = case_2_of(seed)
    before = audited(case)
    again = audited(case, previous=before.today.assignment)

    assert [use.credits for use in before.today.uses] == [100]
    assert answer(again) == answer(before)


@batches
def test_an_audit_keeps_its_own_result_after_any_other(first: int) -> None:
    for seed in range(first, first + BATCH):
        case = case_2_of(seed)
        earlier = audited(case, case.attainments[1:], solver=None).today.assignment
        other = Assignment(frozenset(use for use in earlier.uses if seed % 2), earlier.chosen)
        before = audited(case, solver=None, previous=other)
        again = audited(case, solver=None, previous=before.today.assignment)

        assert answer(again) == answer(before), seed


@batches
def test_an_exception_never_means_further_to_go(first: int) -> None:
    for seed in range(first, first + BATCH):
        case = case_2_of(seed)
        nodes = list(case.tree.walk())
        for kind in HELPS:
            decision = RequirementException(
                "more",
                kind,
                nodes[seed % len(nodes)].id,
                attainment=case.attainments[seed % len(case.attainments)].id,
                competency="abcd"[seed % 4],
                approved=bool(seed % 2),
            )

            assert audited(case, more=[decision]).today.distance <= distance(seed), (seed, kind)


@batches
def test_more_never_means_further_to_go(first: int) -> None:
    for seed in range(first, first + BATCH):
        case = case_2_of(seed)
        for number, changed in enumerate(case.attainments):
            others = case.attainments[:number] + case.attainments[number + 1 :]
            better = (
                replace(changed, level=9),
                replace(changed, without_level=True),
                replace(changed, basis=Basis.ASSESSED_HERE),
            )

            assert audited(case, others).today.distance >= distance(seed), (seed, changed.id)
            for raised in better:
                assert audited(case, (*others, raised)).today.distance <= distance(seed), (seed, changed.id)


@batches
def test_what_if_is_the_audit_of_what_would_be(first: int) -> None:
    for seed in range(first, first + BATCH):
        case = case_2_of(seed)
        dated = replace(case.attainments[0], achieved_on=TODAY)
        others = case.attainments[1:]
        both = audited(case, others, planned=[dated])

        assert both.today.distance >= both.projected.distance, seed
        assert both.projected.distance == audited(case, (*others, dated)).today.distance, seed
