"""Lower bounds of many people at once: never above those of one by one, and the same without rules on sources."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from programs.audit.rules.completion.lower_bound import lower_bounds_of
from programs.audit.rules.completion.numbered_tree import numbered_tree_of
from programs.audit.rules.completion.numbering import numbered_problem
from programs.audit.rules.context import Context, Method
from programs.audit.rules.requirements import Kind, Requirement
from programs.audit.solvers.bulk_bounds import NEVER, OWN, Columns, lower_bounds
from programs.rules.attainments import Attainment, AttainmentKind
from tests.benchmarks.audit_learners import ordinary
from tests.programs.audit_trees import TODAY, case_of
from tests.programs.audit_trees_2 import case_2_of
from tests.programs.test_audit_2_properties import audited


def columns_of(people: Sequence[Sequence[Attainment]]) -> Columns:
    rows = [(number, item) for number, attainments in enumerate(people) for item in attainments]
    learnt = [row for row in rows if row[1].kind in {AttainmentKind.MASTERY, AttainmentKind.RECOGNITION}]
    names = sorted({item.competency for _, item in learnt})

    def column(values: Sequence[int]) -> np.ndarray:
        return np.array(values, np.int64)

    standing: dict[str, np.ndarray] = {}
    amounts: dict[str, np.ndarray] = {}
    for number, item in rows:
        on_time = (item.valid_until is None or item.valid_until > TODAY) and (item.achieved_on or TODAY) <= TODAY
        if item.kind is AttainmentKind.QUANTITY and on_time:
            amounts.setdefault(item.ref, np.zeros(len(people), np.int64))[number] += item.quantity
        elif item.ref and on_time:
            standing.setdefault(item.ref, np.zeros(len(people), bool))[number] = True
    return Columns(
        people=len(people),
        names=names,
        person=column([number for number, _ in learnt]),
        name=column([names.index(item.competency) for _, item in learnt]),
        credits=column([OWN if item.credits is None else item.credits for _, item in learnt]),
        level=column([item.level or 0 for _, item in learnt]),
        achieved=column([(item.achieved_on or date.min).toordinal() for _, item in learnt]),
        until=column([NEVER if item.valid_until is None else item.valid_until.toordinal() for _, item in learnt]),
        standing=standing,
        amounts=amounts,
    )


def one_by_one(tree: Requirement, attainments: Sequence[Attainment], context: Context) -> int:
    ordered = sorted(attainments, key=lambda item: item.id)
    return lower_bounds_of(
        numbered_problem(
            numbered_tree_of(tree, Method.ONE), ordered, [], planned=frozenset(), context=context, on=TODAY
        ).problem
    )[0].cost


def test_many_at_once_are_bounded_as_one_by_one() -> None:
    tree = ordinary(0)[0]
    people = [ordinary(seed)[1][: 120 - seed] for seed in range(60)]

    found = lower_bounds(tree, columns_of(people), context=Context(Method.ONE), on=TODAY)

    assert found.tolist() == [one_by_one(tree, attainments, Context(Method.ONE)) for attainments in people]


@pytest.mark.parametrize("first", range(0, 600, 100))
def test_the_bound_of_many_is_never_above_that_of_one(first: int) -> None:
    equal = 0
    for seed in range(first, first + 100):
        case = case_of(seed)
        (found,) = lower_bounds(case.tree, columns_of([case.attainments]), context=case.context, on=TODAY)
        alone = one_by_one(case.tree, case.attainments, case.context)

        assert found <= alone, case
        equal += found == alone
    assert equal >= 60


def test_people_are_kept_apart() -> None:
    tree = Requirement("r", Kind.ALL, children=(Requirement("x", Kind.COMPETENCY, accepts=("a",), nominal=300),))
    has, lapsed = Attainment("m", competency="a"), Attainment("m", competency="a", valid_until=TODAY)

    found = lower_bounds(tree, columns_of([[has], [], [lapsed], [has]]), context=Context(Method.ONE), on=TODAY)

    assert found.tolist() == [0, 300, 300, 0]


@pytest.mark.parametrize("first", range(0, 300, 100))
def test_the_bound_of_many_never_exceeds_what_a_newer_audit_finds(first: int) -> None:
    informative = 0
    for seed in range(first, first + 100):
        case = replace(case_2_of(seed), exceptions=())
        (found,) = lower_bounds(case.tree, columns_of([case.attainments]), context=case.context, on=TODAY)
        exact = audited(case).today

        assert exact.proven, seed
        assert found <= exact.distance, (seed, found)
        informative += found > 0
    assert informative >= 20
