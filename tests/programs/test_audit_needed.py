"""A group counts what it needs and no more, as from `audit@3` on; the rest is told as not needed."""

from dataclasses import replace
from datetime import date
from itertools import combinations
from random import Random

import pytest

from programs.audit.rules.audit import audit
from programs.audit.rules.completion.eligibility import Reason
from programs.audit.rules.completion.eligible_pieces import piece_of
from programs.audit.rules.context import Context, Method
from programs.audit.rules.requirements import Kind, Requirement, SourceCap
from programs.audit.rules.result import Audit
from programs.audit.solvers.cp_sat import CpSat
from programs.rules.attainments import Attainment, AttainmentKind, Basis, ExceptionKind, RequirementException
from tests.programs.audit_oracle_2 import Oracle2
from tests.programs.audit_trees import TODAY
from tests.programs.audit_trees_2 import Case2, case_2_of
from tests.programs.test_audit_2_properties import BATCH, applying, audited, batches

ON = date(2026, 11, 22)
NAMES = ("oven", "till", "sieve", "whisk", "scale", "peel", "knife", "tin", "rack")
FREE = Requirement("free", Kind.CREDITS, accepts=NAMES, min_credits=300)
OVEN = Requirement("oven", Kind.COMPETENCY, accepts=("oven",), nominal=300)
NO_NEEDS = (ExceptionKind.WAIVE, ExceptionKind.FORCE_COMPLETE)


def kept(tree: Requirement, *attainments: Attainment, method: Method = Method.THREE, **more: object) -> Audit:
    return audit(tree, attainments, [], context=Context(method), on=ON, **more)  # type: ignore[arg-type]


def brought(*amounts: int) -> list[Attainment]:
    return [
        Attainment(name, AttainmentKind.RECOGNITION, competency=name, credits=amount, basis=Basis.TRANSFER)
        for name, amount in zip(NAMES, amounts, strict=False)
    ]


def test_free_credits_take_what_they_ask_for_and_the_rest_is_told_as_not_needed() -> None:
    today = kept(FREE, *brought(*[300] * 9)).today

    assert today.nodes[0].earned == 300
    assert [left.reason for left in today.left_out] == ["not_needed"] * 8
    assert kept(FREE, *brought(*[300] * 9), method=Method.TWO).today.nodes[0].earned == 2700


@pytest.mark.parametrize(
    ("amounts", "earned"), [((200, 200), 400), ((500, 200, 100), 300), ((700,), 700), ((100,), 100)]
)
def test_more_than_asked_is_counted_only_where_the_sizes_of_pieces_force_it(
    amounts: tuple[int, ...], earned: int
) -> None:
    assert kept(FREE, *brought(*amounts)).today.nodes[0].earned == earned


def test_what_a_group_above_asks_for_is_counted_below() -> None:
    above = Requirement("r", Kind.ALL, children=(FREE,), min_credits=600)

    assert kept(above, *brought(*[300] * 9)).today.nodes[0].earned == 600


def test_of_a_choice_only_so_many_parts_count_as_are_chosen() -> None:
    till = replace(OVEN, id="till", accepts=("till",))
    tree = Requirement("r", Kind.CHOOSE, n=1, children=(OVEN, till))
    both = [Attainment("o", competency="oven"), Attainment("t", competency="till")]

    today = kept(tree, *both).today

    assert (today.nodes[0].earned, len(today.uses), [left.reason for left in today.left_out]) == (
        300,
        1,
        ["not_needed"],
    )
    # A later audit moves nothing, also when the other part would have been taken first.
    for only in both:
        before = kept(tree, only).today.assignment
        assert kept(tree, *both, previous=before).today.assignment == before


def test_a_waived_group_still_counts_what_was_done_up_to_what_it_asks_for() -> None:
    waiver = RequirementException("e", ExceptionKind.WAIVE, "free")

    for amounts, earned in (((200,), 200), ((200, 100, 300), 300)):
        result = audit(FREE, brought(*amounts), [waiver], context=Context(Method.THREE), on=ON)
        assert (result.today.met, result.today.nodes[0].earned) == (True, earned)


def test_what_counted_before_stays_and_later_pieces_are_not_needed() -> None:
    earlier, later = brought(200, 200), brought(200, 200, 300)
    before = kept(FREE, *earlier).today.assignment

    assert kept(FREE, *later).today.nodes[0].earned == 300
    assert kept(FREE, *later, previous=before).today.assignment == before


def test_a_later_piece_does_not_push_out_study_that_counts_in_two_places() -> None:
    oven, tin = brought(300), Attainment("tin", AttainmentKind.RECOGNITION, competency="tin", credits=300)
    both = Requirement("r", Kind.ALL, children=(OVEN, FREE))
    before = kept(both, *oven).today.assignment

    assert before.uses == {("oven", "oven"), ("oven", "free")}
    assert kept(both, *oven, tin, previous=before).today.assignment == before
    # Without an earlier audit, the piece that counts nowhere else is taken.
    assert kept(both, *oven, tin).today.assignment.uses == {("oven", "oven"), ("tin", "free")}


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_one_group_counts_the_least_that_is_enough(first: int) -> None:
    for seed in range(first, first + 100):
        random = Random(seed)  # noqa: S311 - repeatable
        amounts = [random.choice([100, 150, 200, 250, 300, 433]) for _name in range(random.randint(1, 7))]
        asked = random.choice([100, 300, 500, 700])
        sums = [sum(some) for size in range(len(amounts) + 1) for some in combinations(amounts, size)]
        least = min((it for it in sums if it >= asked), default=sum(amounts))

        assert kept(replace(FREE, min_credits=asked), *brought(*amounts)).today.nodes[0].earned == least, seed


def without(case: Case2, uses: frozenset[tuple[str, str]], chosen: frozenset[str]) -> int | None:
    """The least cost with exactly these uses and chosen parts."""
    fixed = (uses, chosen)
    return Oracle2(applying(case), case.attainments, case.exceptions, case.context, TODAY, fixed=fixed).cheapest()


@batches
def test_nothing_that_counts_could_be_left_out(first: int) -> None:
    for seed in range(first, first + BATCH):
        case = case_2_of(seed)
        if any(it.kind in NO_NEEDS for it in case.exceptions):
            continue  # waived nodes count what was done, although they need nothing
        for solver in (None, CpSat()):
            today = audited(case, solver=solver).today
            if not today.proven:
                continue
            uses, chosen = today.assignment.uses, today.assignment.chosen
            leaves = {node.id for node in applying(case).walk() if node.kind is Kind.CREDITS and node.leaf}
            for use in sorted(uses):
                if use[1] in leaves:
                    left = without(case, uses - {use}, chosen)
                    assert left is None or left > today.distance, (seed, use)
            for node in applying(case).walk():
                parts = chosen & {child.id for child in node.children}
                if node.kind is Kind.CHOOSE and today.node(node.id).counted_on and len(parts) > node.n:
                    for part in sorted(parts):
                        inside = {inner.id for inner in next(it for it in node.children if it.id == part).walk()}
                        fewer = frozenset(use for use in uses if use[1] not in inside)
                        left = without(case, fewer, chosen - inside)
                        assert left is None or left > today.distance, (seed, part)


def test_every_attainment_counts_or_has_a_reason_that_fits_its_study() -> None:
    for seed in range(BATCH * 10):
        case = case_2_of(seed)
        today = audited(case, solver=None).today
        counting = {use.attainment for use in today.uses}
        through = {name for item in case.attainments if item.id in counting for name in item.spent}
        studies = {piece_of(item) for item in case.attainments if item.id in counting | through}
        told = {left.attainment for left in today.left_out}
        by_id = {item.id: item for item in case.attainments}

        assert counting | told | (through & set(by_id)) == set(by_id), seed
        for left in today.left_out:
            study, level = piece_of(by_id[left.attainment]), by_id[left.attainment].level
            assert (left.reason == Reason.NOT_NEEDED) <= (study not in studies), (seed, left)
            assert (left.reason == Reason.COUNTED) <= (study in studies), (seed, left)
            assert (left.reason == Reason.LEVEL) <= (level is not None), (seed, left)
            assert left.attainment not in counting or left.node, (seed, left)


SHELF = replace(FREE, id="shelf")
BOTH = Requirement("r", Kind.ALL, children=(FREE, SHELF), exclusive=True)


def reasons(audited: Audit) -> set[tuple[str, str, str]]:
    return {(left.attainment, left.node, left.reason.value) for left in audited.today.left_out}


def test_study_that_counts_in_another_part_is_told_as_that() -> None:
    (loaf,) = brought(300)
    today = kept(BOTH, loaf).today

    (empty,) = {"free", "shelf"} - {use.node for use in today.uses}
    assert reasons(kept(BOTH, loaf)) == {("oven", empty, "counts_in_another_part")}


def test_a_second_decision_about_the_same_study_is_not_blamed_on_its_policy() -> None:
    asks = replace(OVEN, policy="p")
    two = [Attainment(f"m:{name}", competency="oven", piece="mastery:oven", policy=name) for name in "pq"]

    assert reasons(kept(asks, *two)) == {("m:q", "", "counts_already")}
    assert reasons(kept(asks, two[1])) == {("m:q", "oven", "decided_by_another_policy")}


def test_study_without_a_level_and_study_over_a_cap_are_told_as_that() -> None:
    without = Attainment("a", AttainmentKind.RECOGNITION, competency="oven")
    capped = replace(FREE, min_credits=600, max_source=(SourceCap(Basis.TRANSFER, 300),))

    assert reasons(kept(replace(OVEN, level=2, scale="s"), without)) == {("a", "oven", "without_level")}
    assert {reason for _name, _node, reason in reasons(kept(capped, *brought(300, 300)))} == {"over_a_cap"}
