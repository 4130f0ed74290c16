"""The bounds by themselves: what they settle without a solver, and the sums they rest on."""

import json
from itertools import combinations
from pathlib import Path
from random import Random

from programs.audit.formats.audit_json import read_trials
from programs.audit.rules.audit import audit, status_by_bounds
from programs.audit.rules.completion.assignment import Assignment
from programs.audit.rules.completion.lower_bound import largest_sum
from programs.audit.rules.completion.upper_bound import fullest_within
from programs.audit.rules.context import Context, Method
from programs.audit.rules.report_rows import Missing, Step
from programs.audit.rules.requirements import Kind, Requirement
from programs.audit.rules.result import AuditOutcome
from programs.audit.solvers.cp_sat import CpSat
from programs.rules.attainments import Attainment, AttainmentKind
from tests.programs.audit_trees import TODAY, case_of

CASES = Path(__file__).parent / "audit_cases.json"


def by_bounds(tree: Requirement, *attainments: Attainment, previous: Assignment | None = None) -> AuditOutcome:
    return audit(tree, attainments, [], context=Context(Method.ONE), on=TODAY, previous=previous).today


def test_bounds_alone_settle_all_of_our_cases_but_two() -> None:
    trials = read_trials(json.loads(CASES.read_text()))
    left = [
        trial.label
        for trial in trials
        if audit(
            trial.tree, trial.attainments, [], planned=trial.planned, context=trial.context, on=trial.on or TODAY
        ).projected.contested
    ]

    assert left == [
        "a_branch_must_be_completed_to_count: finish B for 1.00 instead of earning 5.00",
        "one_piece_seen_twice: 4 credits, not 8",
    ]


def test_the_status_alone_agrees_with_the_audit() -> None:
    decided = 0
    for seed in range(300):
        case = case_of(seed)
        status = status_by_bounds(case.tree, case.attainments, [], context=case.context, on=TODAY)
        outcome = audit(case.tree, case.attainments, [], context=case.context, on=TODAY, solver=CpSat()).today

        assert status in {None, outcome.met}, seed
        decided += status is not None
    assert decided >= 280


def test_sums_under_a_limit_are_those_of_trying_every_choice() -> None:
    random = Random(1)  # noqa: S311 - repeatable
    for _ in range(300):
        values = [random.choice([0, 50, 100, 250, 333, 400]) for _ in range(random.randint(0, 7))]
        limit = random.randint(0, 1200)
        sums = [sum(some) for size in range(len(values) + 1) for some in combinations(values, size)]
        best = max(total for total in sums if total <= limit)

        assert largest_sum(values, limit) == best
        assert sum(values[position] for position in fullest_within(values, limit)) == best


def test_what_counted_stays_though_a_fresh_audit_would_place_it_elsewhere() -> None:
    inner = Requirement("x", Kind.COMPETENCY, accepts=("a",), nominal=500)
    tree = Requirement("r", Kind.ALL, children=(Requirement("p", Kind.PROGRAM, children=(inner,)),))
    work = Attainment("m", competency="a")
    award = Attainment("w", AttainmentKind.AWARD, ref="p", spent=("m",))

    def uses(previous: Assignment | None) -> frozenset[tuple[str, str]]:
        context = Context(Method.ONE, awards_required=False)
        outcome = audit(tree, [work, award], [], context=context, on=TODAY, previous=previous).today
        assert outcome.met
        return outcome.assignment.uses

    assert uses(None) == {("w", "p"), ("m", "p")}
    assert uses(Assignment(frozenset({("m", "x")}))) == {("m", "x")}


def test_a_previous_assignment_of_another_world_does_no_harm() -> None:
    tree = Requirement("r", Kind.CHOOSE, n=1, children=(Requirement("x", Kind.COMPETENCY, accepts=("a",)),))
    gone = Assignment(frozenset({("nobody", "x"), ("m", "nowhere")}), frozenset({"nothing"}))

    assert by_bounds(tree, Attainment("m", competency="a"), previous=gone).met


def test_a_better_completion_is_taken_though_it_moves_what_counted() -> None:
    leaf = Requirement("x", Kind.COMPETENCY, accepts=("a", "b"))
    tree = Requirement("r", Kind.ALL, children=(leaf,), min_credits=600)
    small, large = Attainment("s", competency="a", credits=300), Attainment("l", competency="b", credits=600)
    before = by_bounds(tree, small)

    after = by_bounds(tree, small, large, previous=before.assignment)

    assert [use.attainment for use in before.uses] == ["s"]
    assert [use.attainment for use in after.uses] == ["l"]
    assert after.met


def test_steps_tell_credits_to_be_earned_here_from_others() -> None:
    electives = Requirement("e", Kind.CREDITS, accepts=("*",), min_credits=100)
    tree = Requirement("r", Kind.ALL, children=(electives,), min_credits=500, earned_here=450)

    outcome = by_bounds(tree, Attainment("m", competency="a", credits=300))

    assert outcome.steps == (Step("r", Missing.CREDITS, 200),)
    tree = Requirement("r", Kind.ALL, children=(electives,), min_credits=350, earned_here=450)
    assert by_bounds(tree, Attainment("m", competency="a", credits=300)).steps == (
        Step("r", Missing.CREDITS, 50),
        Step("r", Missing.CREDITS_HERE, 100),
    )


def test_a_level_too_low_is_a_step_of_its_own() -> None:
    leaf = Requirement("x", Kind.COMPETENCY, accepts=("a",), level=3)

    assert by_bounds(leaf, Attainment("m", competency="a", level=2)).steps == (Step("x", Missing.LEVEL, 100),)
    assert by_bounds(leaf).steps == (Step("x", Missing.COMPETENCY, 100),)


def test_a_milestone_that_is_reached_is_no_step_though_credits_are_lacking_there() -> None:
    viva = Requirement("v", Kind.MILESTONE, nominal=300, earned_here=400)

    assert by_bounds(viva, Attainment("m", AttainmentKind.MILESTONE, ref="v")).steps == (
        Step("v", Missing.CREDITS_HERE, 100),
    )
    assert by_bounds(viva).steps == (Step("v", Missing.MILESTONE, 300), Step("v", Missing.CREDITS_HERE, 100))
