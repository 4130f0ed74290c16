"""The certified lower bound from audit@2 on: new pieces that serve several leaves are charged once."""

import json
from collections.abc import Sequence
from datetime import date
from itertools import count
from random import Random
from typing import Any

import pytest

from programs.audit.formats.audit_json import read_trials
from programs.audit.rules.audit import audit
from programs.audit.rules.completion.lower_bound import lower_bounds_of
from programs.audit.rules.completion.numbered_tree import numbered_tree_of
from programs.audit.rules.completion.numbering import numbered_problem
from programs.audit.rules.context import NEWEST, Context
from programs.audit.rules.requirements import Kind, Requirement
from programs.rules.attainments import Attainment
from tests.conftest import LONG
from tests.programs.audit_oracle_2 import Oracle2

NAMES = ("a", "b", "c")
BOUNDED = 40_000 if LONG else 400

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


def drawn_exclusive_parts(seed: int) -> tuple[Requirement, tuple[Attainment, ...]]:
    """Return exclusive parts with competencies that leaves outside ask for too, and a learner who has some of them."""
    random = Random(seed)  # noqa: S311 - repeatable
    number = count(1)

    def leaf() -> Requirement:
        accepts = tuple(random.sample(NAMES, random.choice([1, 1, 2])))
        name = f"n{next(number)}"
        if random.random() < 0.15:
            return Requirement(name, Kind.CREDITS, accepts=accepts, min_credits=random.choice([100, 300]))
        return Requirement(name, Kind.COMPETENCY, accepts=accepts, nominal=random.choice([100, 200, 300]))

    def group(children: Sequence[Requirement], *, exclusive: bool) -> Requirement:
        choice = random.random() < 0.15
        return Requirement(
            f"n{next(number)}",
            Kind.CHOOSE if choice else Kind.ALL,
            children=tuple(children),
            n=len(children) if choice else 0,
            exclusive=exclusive,
            min_credits=random.choice([0, 0, 0, 300, 500]),
        )

    parts = [
        leaf() if random.random() < 0.7 else group([leaf()], exclusive=False) for _ in range(random.choice([2, 3]))
    ]
    outside = [leaf() for _ in range(random.choice([1, 2]))]
    tree = group([group(parts, exclusive=True), *outside], exclusive=random.random() < 0.1)
    names = random.sample(NAMES, random.randint(1, len(NAMES)))
    return tree, tuple(
        Attainment(f"a{name}", competency=name, credits=random.choice([100, 200, 300]), piece=name) for name in names
    )


@pytest.mark.parametrize("first", range(0, BOUNDED, BOUNDED // 4))
def test_no_node_is_bounded_above_the_cost_of_trying_everything(first: int) -> None:
    on, context = date(2026, 9, 1), Context(NEWEST)
    for seed in range(first, first + BOUNDED // 4):
        tree, attainments = drawn_exclusive_parts(seed)
        shape = numbered_tree_of(tree, context.method)
        numbered = numbered_problem(shape, attainments, (), planned=frozenset(), context=context, on=on)
        for node, bound in zip(shape.nodes, lower_bounds_of(numbered.problem), strict=True):
            least = Oracle2(node, attainments, (), context, on).cheapest()
            assert least is not None
            assert bound.cost <= least, (seed, node.id)
