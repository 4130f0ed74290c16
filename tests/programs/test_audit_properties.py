"""What holds for every audit: it equals trying everything, in any order, and more never means further to go."""

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from random import Random

import pytest

from programs.audit.rules.audit import audit
from programs.audit.rules.requirements import Kind, Requirement
from programs.audit.rules.result import Audit, AuditOutcome
from programs.audit.solvers.cp_sat import CpSat
from programs.rules.attainments import Attainment, Basis
from tests.programs.audit_checker import Checker
from tests.programs.audit_oracle import Oracle
from tests.programs.audit_trees import TODAY, Case, case_of

COUNT = 2_000 if os.environ.get("CAIRN_TEST_LONG") == "1" else 300
BATCH = 20
SOLVER = CpSat()


def audited(case: Case, attainments: Sequence[Attainment] | None = None, planned: Sequence[Attainment] = ()) -> Audit:
    learner_attainments = case.attainments if attainments is None else attainments
    return audit(case.tree, learner_attainments, [], planned=planned, context=case.context, on=TODAY, solver=SOLVER)


def contested(case: Case) -> bool:
    return audit(case.tree, case.attainments, [], context=case.context, on=TODAY).today.contested


@cache
def cases() -> tuple[Case, ...]:
    """As many contested cases as others, from one sequence of random ones."""
    wanted = {True: COUNT // 2, False: COUNT - COUNT // 2}
    found: list[Case] = []
    seed = 0
    while any(wanted.values()):
        case = case_of(seed)
        seed += 1
        if wanted[contested(case)]:
            wanted[contested(case)] -= 1
            found.append(case)
    return tuple(found)


batches = pytest.mark.parametrize("first", range(0, COUNT, BATCH))


def test_at_least_half_of_the_cases_are_contested() -> None:
    assert len(cases()) == COUNT
    assert 2 * sum(map(contested, cases())) >= COUNT


@batches
def test_the_distance_is_that_of_trying_everything(first: int) -> None:
    for case in cases()[first : first + BATCH]:
        outcome = audited(case).today

        assert outcome.distance == Oracle(case.attainments, case.context, TODAY).cheapest(case.tree), case
        assert outcome.proven


@batches
def test_a_naive_checker_agrees_without_searching(first: int) -> None:
    for case in cases()[first : first + BATCH]:
        outcome = audited(case).today

        assert Checker(case.tree, case.attainments, case.context, TODAY, outcome).faults() == [], case


@batches
def test_without_a_solver_the_bounds_enclose_the_distance(first: int) -> None:
    for case in cases()[first : first + BATCH]:
        outcome = audit(case.tree, case.attainments, [], context=case.context, on=TODAY).today
        distance = Oracle(case.attainments, case.context, TODAY).cheapest(case.tree)

        assert outcome.lower_bound <= distance <= outcome.distance, case
        assert outcome.proven is not outcome.contested
        assert Checker(case.tree, case.attainments, case.context, TODAY, outcome).recount(case.tree, ()).cost == (
            outcome.distance
        ), case


@batches
def test_the_order_of_attainments_does_not_matter(first: int) -> None:
    for number, case in enumerate(cases()[first : first + BATCH]):
        shuffled = list(case.attainments)
        Random(number).shuffle(shuffled)  # noqa: S311 - repeatable

        assert audited(case, shuffled) == audited(case), case


@batches
def test_more_never_means_further_to_go(first: int) -> None:
    for case in cases()[first : first + BATCH]:
        distance = audited(case).today.distance
        for number, changed in enumerate(case.attainments):
            others = case.attainments[:number] + case.attainments[number + 1 :]
            raised = replace(changed, level=9)
            local = replace(changed, basis=Basis.ASSESSED_HERE)

            assert audited(case, others).today.distance >= distance, (case, changed)
            assert audited(case, (*others, raised)).today.distance <= distance, (case, changed)
            assert audited(case, (*others, local)).today.distance <= distance, (case, changed)


@batches
def test_what_if_is_the_audit_of_what_would_be(first: int) -> None:
    for case in cases()[first : first + BATCH]:
        dated = replace(case.attainments[0], achieved_on=TODAY)
        others = case.attainments[1:]
        both = audited(case, others, planned=[dated])
        then = audited(case, (*others, dated))

        assert both.today.distance == audited(case, others).today.distance >= both.projected.distance
        assert both.projected.distance == then.today.distance, case


@batches
def test_what_counted_before_still_does_while_it_costs_no_more(first: int) -> None:
    for case in cases()[first : first + BATCH]:
        if any(attainment.piece for attainment in case.attainments):
            continue  # another attainment of the same piece may stand for it
        before = audited(case, case.attainments[:-1]).today
        now = audit(
            case.tree,
            case.attainments,
            [],
            context=case.context,
            on=TODAY,
            previous=before.assignment,
            solver=SOLVER,
        ).today

        if now.distance == before.distance:
            assert before.assignment.uses <= now.assignment.uses, case


@batches
def test_credits_are_never_counted_twice_on_a_path(first: int) -> None:
    for case in cases()[first : first + BATCH]:
        outcome = audited(case).today
        for node in case.tree.walk():
            if outcome.node(node.id).counted_on:
                pieces, borne = credits_counted(node, outcome, {item.id: item.piece for item in case.attainments})

                assert outcome.node(node.id).earned == sum(pieces.values()) + borne, (case, node.id)


def credits_counted(node: Requirement, outcome: AuditOutcome, piece_of: dict[str, str]) -> tuple[dict[str, int], int]:
    """Each piece once, at its best, and the credit of completed nodes, which stands for all that is below them."""
    result = outcome.node(node.id)
    if node.kind in (Kind.MILESTONE, Kind.QUANTITY) or (node.nominal and node.children and not result.uses):
        return {}, node.nominal if result.met else 0
    pieces: dict[str, int] = {}
    borne = 0
    for use in result.uses:
        name = piece_of[use.attainment] or use.attainment
        pieces[name] = max(use.credits, pieces.get(name, 0))
    for child in node.children if not result.uses else ():
        if outcome.node(child.id).counted_on:
            below, more = credits_counted(child, outcome, piece_of)
            borne += more
            for name, value in below.items():
                pieces[name] = max(value, pieces.get(name, 0))
    return pieces, borne
