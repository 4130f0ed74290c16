"""What `audit@2` decides, rule by rule, on small trees that can be checked by hand."""

from dataclasses import replace
from datetime import date

import pytest

from programs.audit.rules.audit import audit
from programs.audit.rules.completion.lower_bound import largest_sum
from programs.audit.rules.completion.upper_bound import fullest_within
from programs.audit.rules.conditions import DecidedCondition
from programs.audit.rules.context import Context, Method
from programs.audit.rules.errors import MalformedTreeError, UnsupportedRuleError
from programs.audit.rules.facts import NO_FACTS, Facts
from programs.audit.rules.report_rows import Missing, NewPiece, Step
from programs.audit.rules.requirements import (
    Condition,
    Kind,
    ListCap,
    MetBy,
    Operator,
    Requirement,
    ShareCap,
    SourceCap,
    Unit,
)
from programs.audit.rules.result import Audit
from programs.audit.solvers.cp_sat import CpSat
from programs.rules.attainments import Attainment, AttainmentKind, Basis, ExceptionKind, RequirementException

ON = date(2026, 11, 22)
CONTEXT = Context(Method.THREE)
SOLVER = CpSat()
BAKE = Requirement("bake", Kind.CREDITS, accepts=("loaf", "roll", "cake"), min_credits=300)
SELL = replace(BAKE, id="sell")
BOTH = Requirement("r", Kind.ALL, children=(BAKE, SELL))
LOAF = Attainment("l", competency="loaf", credits=300)
ROLL = Attainment("o", competency="roll", credits=300)
KNEAD = Requirement("knead", Kind.COMPETENCY, accepts=("knead",), nominal=200, level=3, scale="s")


def audited(
    tree: Requirement,
    *attainments: Attainment,
    exceptions: tuple[RequirementException, ...] = (),
    facts: Facts = NO_FACTS,
) -> Audit:
    return audit(tree, attainments, exceptions, context=CONTEXT, on=ON, facts=facts, solver=SOLVER)


def distance(tree: Requirement, *attainments: Attainment) -> int:
    outcome = audited(tree, *attainments).today
    assert outcome.proven
    return outcome.distance


def test_a_piece_counts_in_one_exclusive_part_and_in_all_that_share() -> None:
    assert distance(BOTH, LOAF) == 0
    assert distance(replace(BOTH, exclusive=True), LOAF) == 300
    assert distance(replace(BOTH, exclusive=True), LOAF, ROLL) == 0


def test_exclusive_parts_block_by_name() -> None:
    blocking = {str(rule) for rule in audited(replace(BOTH, exclusive=True), LOAF).today.blocking}

    assert blocking == {"exclusive:r", "need:bake", "need:sell"}


def test_an_award_spends_its_pieces_for_exclusive_parts() -> None:
    inner = Requirement("inner", Kind.COMPETENCY, accepts=("loaf",), nominal=500)
    tree = Requirement(
        "r", Kind.ALL, children=(Requirement("p", Kind.PROGRAM, children=(inner,)), SELL), exclusive=True
    )
    award = Attainment("w", AttainmentKind.AWARD, ref="p", spent=("l",))

    assert distance(tree, LOAF, award) == 300
    assert distance(tree, LOAF, ROLL, award) == 0


@pytest.mark.parametrize(
    ("unit", "most", "short"), [(Unit.COUNT, 0, 300), (Unit.COUNT, 1, 0), (Unit.CREDITS, 200, 300)]
)
def test_two_parts_share_up_to_a_cap(unit: Unit, most: int, short: int) -> None:
    assert distance(replace(BOTH, share_caps=(ShareCap("bake", "sell", most, unit),)), LOAF) == short


@pytest.mark.parametrize(
    ("unit", "most", "short"), [(Unit.COUNT, 1, 300), (Unit.CREDITS, 500, 300), (Unit.COUNT, 2, 0)]
)
def test_only_so_much_of_a_list_counts(unit: Unit, most: int, short: int) -> None:
    tree = replace(BAKE, min_credits=600, max_listed=(ListCap(("loaf", "roll"), most, unit),))

    assert distance(tree, LOAF, ROLL) == short


def test_different_pieces_are_counted_and_new_ones_cost_one_credit_each() -> None:
    tree = Requirement("r", Kind.ALL, children=(BAKE,), min_pieces=3)

    assert distance(tree, replace(LOAF, credits=900)) == 200
    assert audited(tree, LOAF, ROLL).today.steps == (Step("r", Missing.PIECES, 100),)
    assert {str(rule) for rule in audited(tree, LOAF, ROLL).today.blocking} == {"min_pieces:r"}
    assert distance(tree, LOAF, ROLL, Attainment("c", competency="cake", credits=50)) == 0


def test_what_is_excluded_does_not_count_unless_an_exception_names_the_leaf() -> None:
    tree = Requirement("r", Kind.ALL, children=(BAKE,), excludes=("loaf",))
    allowed = RequirementException("e", ExceptionKind.ALSO_ALLOW, "bake", competency="loaf")

    outcome = audited(tree, LOAF).today

    assert (outcome.distance, [left.reason for left in outcome.left_out]) == (300, ["excluded_here"])
    assert audited(tree, LOAF, exceptions=(allowed,)).today.met


BY_INTAKE = Requirement(
    "i",
    Kind.IF,
    children=(BAKE, replace(SELL, min_credits=500)),
    condition=Condition("intake", Operator.AT_LEAST, (2026,)),
)


@pytest.mark.parametrize(
    ("facts", "short", "left_out", "condition"),
    [
        ([("intake", 2026)], 300, ("sell",), DecidedCondition("i", "intake", known=True, holds=True)),
        ([("intake", 2025)], 500, ("bake",), DecidedCondition("i", "intake", known=True, holds=False)),
        ([], 500, ("bake",), DecidedCondition("i", "intake", known=False, holds=False)),
        ([("intake", "autumn")], 500, ("bake",), DecidedCondition("i", "intake", known=False, holds=False)),
    ],
)
def test_facts_decide_which_part_applies_and_an_unknown_one_is_said(
    facts: list[tuple[str, str | int]], short: int, left_out: tuple[str, ...], condition: DecidedCondition
) -> None:
    result = audited(BY_INTAKE, facts=Facts.of(facts))

    assert (result.today.distance, result.not_applicable, result.conditions) == (short, left_out, (condition,))


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Condition("place", Operator.EQUAL, ("north",)), True),
        (Condition("place", Operator.AMONG, ("south", "west")), False),
        (Condition("admitted_on", Operator.AT_LEAST, ("2026-09-01",)), True),
        (Condition("admitted_on", Operator.AT_LEAST, ("2026-09-02",)), False),
    ],
)
def test_facts_are_compared_as_text_numbers_and_dates(condition: Condition, holds: bool) -> None:
    facts = Facts.of([("place", "north"), ("admitted_on", "2026-09-01")])

    assert audited(replace(BY_INTAKE, condition=condition), facts=facts).conditions[0].holds is holds


def test_a_condition_without_other_part_asks_nothing_where_it_does_not_hold() -> None:
    assert audited(replace(BY_INTAKE, children=(BAKE,)), facts=Facts.of([("intake", 1)])).today.met


@pytest.mark.parametrize(
    ("met_by", "by_tree", "by_award"),
    [(MetBy.AWARD, 1, 0), (MetBy.TREE, 0, 300), (MetBy.EITHER, 0, 0), (MetBy.CONTEXT, 1, 0)],
)
def test_a_program_is_met_by_award_by_its_tree_or_by_either(met_by: MetBy, by_tree: int, by_award: int) -> None:
    tree = Requirement("r", Kind.ALL, children=(Requirement("p", Kind.PROGRAM, children=(BAKE,), met_by=met_by),))

    assert distance(tree, LOAF) == by_tree
    assert distance(tree, Attainment("w", AttainmentKind.AWARD, ref="p")) == by_award


def test_mastery_brings_the_credit_of_the_nearest_table_to_credits_groups() -> None:
    free = Requirement("free", Kind.CREDITS, accepts=("*",), min_credits=300)
    tree = Requirement("r", Kind.ALL, children=(free,), credit_table=(("*", 100), ("loaf", 200)))
    masteries = [Attainment(f"mastery:{name}:p", competency=name, piece=f"mastery:{name}") for name in ("loaf", "roll")]

    assert distance(free, *masteries) == 300
    assert distance(tree, *masteries) == 0
    assert distance(tree, masteries[0]) == 100
    assert distance(replace(tree, children=(replace(free, credit_table=(("loaf", 300),)),)), masteries[0]) == 0


@pytest.mark.parametrize(
    ("attainment", "short"),
    [
        (Attainment("m", competency="knead", level=3, scale="s"), 0),
        (Attainment("m", competency="knead", level=5, scale="t"), 200),
        (Attainment("m", competency="knead", level=1, scale="t", conversions=(("s", 3),)), 0),
        (Attainment("m", competency="knead", level=5, scale="t", conversions=(("s", 2),)), 200),
        (Attainment("m", AttainmentKind.RECOGNITION, competency="knead"), 200),
        (Attainment("m", AttainmentKind.RECOGNITION, competency="knead", without_level=True), 0),
    ],
)
def test_levels_are_compared_on_their_scale(attainment: Attainment, short: int) -> None:
    assert distance(KNEAD, attainment) == short


def test_a_competency_recognised_twice_or_recognised_and_mastered_counts_once() -> None:
    tree = replace(BAKE, min_credits=600)
    twice = [Attainment(name, AttainmentKind.RECOGNITION, competency="loaf", credits=300) for name in "ab"]
    mastered = Attainment("m", competency="loaf", credits=300, piece="mastery:loaf")

    assert distance(tree, *twice) == 300
    assert distance(tree, twice[0], mastered) == 300


def test_a_better_basis_of_a_piece_does_not_improve_its_other_grounds() -> None:
    tree = replace(BAKE, min_credits=500, earned_here=400)
    known = Attainment("k", AttainmentKind.RECOGNITION, competency="loaf", credits=500, basis=Basis.TRANSFER)
    mastered = Attainment("m", competency="loaf", credits=200, piece="mastery:loaf")

    assert distance(tree, known, mastered) == 200


@pytest.mark.parametrize(("basis", "short"), [(Basis.TRANSFER, 600), (Basis.ASSESSED_HERE, 0)])
def test_the_basis_of_a_milestone_decides_where_its_credit_counts(basis: Basis, short: int) -> None:
    viva = Requirement("v", Kind.MILESTONE, accepts=("viva",), nominal=600)
    reached = Attainment("a", AttainmentKind.MILESTONE, ref="viva", basis=basis)

    assert distance(Requirement("r", Kind.ALL, children=(viva,), earned_here=600), reached) == short
    capped = Requirement("r", Kind.ALL, children=(viva,), min_credits=600, max_source=(SourceCap(Basis.TRANSFER, 0),))
    assert distance(capped, reached) == short


def test_hours_count_as_earned_here_when_enough_of_them_were() -> None:
    hours = Requirement("h", Kind.QUANTITY, accepts=("hours",), min_quantity=12000, nominal=600)
    tree = Requirement("r", Kind.ALL, children=(hours,), earned_here=600)
    here = Attainment("a", AttainmentKind.QUANTITY, ref="hours", quantity=9000)
    there = Attainment("b", AttainmentKind.QUANTITY, ref="hours", quantity=3000, basis=Basis.TRANSFER)

    assert distance(tree, here, there) == 150
    assert distance(hours, here, there) == 0


def test_a_substitute_neither_doubles_hours_nor_beats_a_level_without_a_second_registrar() -> None:
    hours = Requirement("h", Kind.QUANTITY, accepts=("hours",), min_quantity=12000, nominal=600)
    half = Attainment("a", AttainmentKind.QUANTITY, ref="hours", quantity=6000)
    low = Attainment("a", competency="stir", level=1, scale="s")
    instead = RequirementException("e", ExceptionKind.SUBSTITUTE, "h", attainment="a")

    assert audited(hours, half, exceptions=(instead,)).today.distance == 300
    instead = replace(instead, node="knead")
    assert audited(KNEAD, low, exceptions=(instead,)).today.distance == 200
    assert audited(KNEAD, low, exceptions=(replace(instead, approved=True),)).today.met


def test_a_waived_quantity_may_still_be_completed_for_its_credit() -> None:
    hours = Requirement("h", Kind.QUANTITY, accepts=("hours",), min_quantity=300, nominal=100)
    tree = Requirement("r", Kind.CREDITS, children=(hours,), min_credits=100)
    third = Attainment("q", AttainmentKind.QUANTITY, ref="hours", quantity=100)

    assert audited(tree, third, exceptions=(RequirementException("e", ExceptionKind.WAIVE, "h"),)).today.distance == 67


def test_a_pending_exception_counts_in_the_projection_only() -> None:
    waiver = RequirementException("e", ExceptionKind.WAIVE, "knead", pending=True)

    result = audited(KNEAD, exceptions=(waiver,))

    assert (result.status, result.today.distance, result.projected.distance) == ("in_progress", 200, 0)


def test_one_new_piece_serves_every_leaf_that_accepts_it() -> None:
    leaves = tuple(Requirement(name, Kind.COMPETENCY, accepts=("knead",), nominal=300) for name in "xy")
    shared = Requirement("r", Kind.ALL, children=leaves)

    outcome = audited(shared).today

    assert (outcome.distance, outcome.new_pieces) == (300, (NewPiece("knead", ("x", "y"), 300),))
    assert [(step.node, step.cost, step.piece) for step in outcome.steps] == [("x", 300, "knead"), ("y", 0, "knead")]
    assert distance(replace(shared, exclusive=True)) == 600
    assert distance(replace(shared, min_credits=600)) == 600  # the piece counts once for the group


def test_the_whole_is_exact() -> None:
    bare = Requirement("a", Kind.COMPETENCY, accepts=("a",))
    tree = Requirement("r", Kind.CHOOSE, n=1, min_credits=200, children=(bare, replace(bare, id="b", nominal=200)))

    assert (audited(tree).whole, audited(tree).percent) == (200, 0)


def test_trees_that_nobody_can_mean_are_refused_by_name() -> None:
    for tree, code in (
        (replace(BY_INTAKE, condition=None), "without_condition"),
        (replace(BOTH, share_caps=(ShareCap("bake", "x", 1),)), "cap_about_nothing"),
        (replace(BOTH, share_caps=(ShareCap("bake", "bake", 1),)), "cap_with_itself"),
    ):
        with pytest.raises(MalformedTreeError, match=code):
            audited(tree)


@pytest.mark.parametrize(
    "newer",
    [{"min_pieces": 1}, {"excludes": ("a",)}, {"credit_table": (("a", 1),)}, {"max_listed": (ListCap(("a",), 1),)}],
)
def test_the_first_method_refuses_what_only_the_second_decides(newer: dict[str, object]) -> None:
    with pytest.raises(UnsupportedRuleError, match="needs_newer_method"):
        audit(replace(BAKE, **newer), [], [], context=Context(Method.ONE), on=ON)  # type: ignore[arg-type]


def test_sums_of_large_amounts_take_no_memory() -> None:
    values = [7 * 10**15 + number for number in range(40)]

    assert largest_sum(values, 10**17) == 10**17
    assert sum(values[place] for place in fullest_within(values, 10**17)) <= 10**17
    assert largest_sum([10**15, 2 * 10**15], 10**16) == 3 * 10**15
