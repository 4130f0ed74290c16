"""What a registrar's exceptions change, and that they can only help."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from programs.audit.rules.audit import audit
from programs.audit.rules.completion.numbered_tree import numbered_tree_of
from programs.audit.rules.completion.numbering import numbered_problem
from programs.audit.rules.completion.problem import Rule
from programs.audit.rules.context import Context, Method
from programs.audit.rules.requirements import Kind, Requirement, SourceCap
from programs.audit.rules.result import AuditOutcome, Status
from programs.audit.solvers.cp_sat import CpSat
from programs.rules.attainments import Attainment, AttainmentKind, Basis, ExceptionKind, RequirementException
from tests.programs.audit_oracle import Oracle
from tests.programs.audit_trees import TODAY, Case, case_of

X = Requirement("x", Kind.COMPETENCY, accepts=("a",), nominal=500, level=3)
Y = Requirement("y", Kind.COMPETENCY, accepts=("b",), nominal=400)
TREE = Requirement("r", Kind.ALL, children=(X, Y))
SOLVER = CpSat()


def today(tree: Requirement, attainments: list[Attainment], *exceptions: RequirementException) -> AuditOutcome:
    return audit(tree, attainments, exceptions, context=Context(Method.ONE), on=TODAY, solver=SOLVER).today


def test_a_waived_requirement_needs_nothing_and_gives_no_credits() -> None:
    waiver = RequirementException("e1", ExceptionKind.WAIVE, "x")

    outcome = today(replace(TREE, min_credits=900), [], waiver)

    assert outcome.node("x").met
    assert outcome.distance == 900
    assert outcome.exceptions_used == ("e1",)


def test_an_exception_that_changes_nothing_is_not_named() -> None:
    waiver = RequirementException("e1", ExceptionKind.WAIVE, "x")

    assert today(TREE, [Attainment("m", competency="a", level=3)], waiver).exceptions_used == ()


@pytest.mark.parametrize(("basis", "used"), [(Basis.TRANSFER, ("e",)), (Basis.ASSESSED_HERE, ())])
def test_a_waiver_of_what_must_be_earned_here_is_named_where_that_was_not(basis: Basis, used: tuple[str, ...]) -> None:
    tree = Requirement("x", Kind.CREDITS, accepts=("a",), min_credits=800, earned_here=500)
    attainments = [Attainment("m", competency="a", credits=800, basis=basis)]

    assert today(tree, attainments, RequirementException("e", ExceptionKind.WAIVE, "x")).exceptions_used == used


def test_waiving_a_group_waives_all_of_it_and_what_was_done_still_counts() -> None:
    group = Requirement("g", Kind.ALL, children=(X, Y), min_credits=900)
    tree = Requirement("r", Kind.ALL, children=(group,), min_credits=400)

    outcome = today(tree, [Attainment("m", competency="b")], RequirementException("e", ExceptionKind.WAIVE, "g"))

    assert outcome.met
    assert outcome.node("r").earned == 400


def test_a_waived_group_that_bears_credit_may_be_completed_for_it_all_the_same() -> None:
    group = Requirement("g", Kind.ALL, children=(replace(X, nominal=0), replace(Y, nominal=0)), nominal=900)
    tree = Requirement("r", Kind.ALL, children=(group,), min_credits=900)
    waiver = RequirementException("e", ExceptionKind.WAIVE, "g")
    done = [Attainment("m", competency="a", level=3), Attainment("n", competency="b")]

    assert today(tree, [], waiver).distance == 200  # cheaper than making up 9.00 elsewhere
    assert today(tree, done, waiver).met
    assert today(tree, done, waiver).exceptions_used == ()


def test_force_complete_drops_the_qualifiers_set_there_as_well() -> None:
    capped = replace(X, kind=Kind.CREDITS, min_credits=500, nominal=0, max_source=(SourceCap(Basis.TRANSFER, 0),))
    tree = Requirement("r", Kind.ALL, children=(capped,), min_credits=500)
    attainments = [Attainment("m", competency="a", level=1, credits=500, basis=Basis.TRANSFER)]

    waived = today(tree, attainments, RequirementException("e", ExceptionKind.WAIVE, "x"))
    forced = today(tree, attainments, RequirementException("e", ExceptionKind.FORCE_COMPLETE, "x"))

    assert waived.distance == 500
    assert forced.met
    assert forced.exceptions_used == ()  # nothing was lacking once the qualifiers fell


def test_qualifiers_from_above_still_narrow_what_is_forced() -> None:
    tree = Requirement("r", Kind.ALL, children=(replace(X, level=0),), level=2, min_credits=500)
    forced = RequirementException("e", ExceptionKind.FORCE_COMPLETE, "x")

    assert today(tree, [Attainment("m", competency="a", level=1)], forced).distance == 500
    assert today(tree, [Attainment("m", competency="a", level=2)], forced).met


def test_another_competency_is_allowed_too_at_the_level_asked_for() -> None:
    allowed = RequirementException("e", ExceptionKind.ALSO_ALLOW, "x", competency="c")
    done = Attainment("n", competency="b")

    assert today(TREE, [done, Attainment("m", competency="c", level=3)], allowed).exceptions_used == ("e",)
    assert today(TREE, [done, Attainment("m", competency="c", level=2)], allowed).distance == 500


def test_a_substitute_counts_whatever_it_shows_and_how_old_it_is() -> None:
    tree = replace(TREE, within_days=30)
    old = Attainment("m", competency="c", level=1, achieved_on=TODAY - timedelta(days=900))
    new = Attainment("n", competency="b", achieved_on=TODAY)

    outcome = today(tree, [old, new], RequirementException("e", ExceptionKind.SUBSTITUTE, "x", attainment="m"))

    assert outcome.met
    assert [use.exception for use in outcome.node("x").uses] == ["e"]


def test_a_plain_piece_stands_before_one_by_exception() -> None:
    allowed = RequirementException("e", ExceptionKind.ALSO_ALLOW, "y", competency="c")

    outcome = today(Y, [Attainment("a", competency="c"), Attainment("z", competency="b")], allowed)

    assert [use.attainment for use in outcome.uses] == ["z"]


@pytest.mark.parametrize("chosen", ["m1", "m2", "m3"])
def test_apply_here_decides_among_equals(chosen: str) -> None:
    pieces = [Attainment(name, competency="b") for name in ("m1", "m2", "m3")]

    outcome = today(Y, pieces, RequirementException("e", ExceptionKind.APPLY_HERE, "y", attainment=chosen))

    assert [use.attainment for use in outcome.uses] == [chosen]


def test_apply_here_never_costs_anything() -> None:
    tree = Requirement("r", Kind.ALL, children=(replace(Y, accepts=("a", "b")),), min_credits=600)
    pieces = [Attainment("small", competency="a", credits=300), Attainment("large", competency="b", credits=600)]

    assert today(tree, pieces, RequirementException("e", ExceptionKind.APPLY_HERE, "y", attainment="small")).met


def test_an_exception_holds_from_its_first_day_until_the_day_it_ends() -> None:
    ends = TODAY + timedelta(days=10)
    waiver = RequirementException("e", ExceptionKind.WAIVE, "r", starts_on=TODAY, ends_on=ends)

    by_day = [
        audit(TREE, [], [waiver], context=Context(Method.ONE), on=day)
        for day in (TODAY - timedelta(days=1), TODAY, ends - timedelta(days=1), ends)
    ]

    assert [result.status for result in by_day] == [Status.UNMET, Status.MET, Status.MET, Status.UNMET]
    assert [result.holds_until for result in by_day] == [TODAY, ends, ends, None]


def test_an_exception_about_another_tree_changes_nothing() -> None:
    assert today(TREE, [], RequirementException("e", ExceptionKind.WAIVE, "elsewhere")) == today(TREE, [])


def test_waiving_equals_trying_everything_without_the_rules_below() -> None:
    checked = 0
    for case, node in plain_nodes():
        names = {inner.id for inner in node.walk()}
        rules = [str(rule) for rule in rules_of(case) if rule.node not in names or rule.kind == "max_source"]
        waiver = RequirementException("e", ExceptionKind.WAIVE, node.id)

        outcome = audit(case.tree, case.attainments, [waiver], context=case.context, on=TODAY, solver=SOLVER).today

        wanted = Oracle(case.attainments, case.context, TODAY, only=rules).cheapest(case.tree)
        assert outcome.distance == wanted, (case, node.id)
        assert (
            outcome.distance
            <= audit(case.tree, case.attainments, [], context=case.context, on=TODAY, solver=SOLVER).today.distance
        )
        checked += 1
    assert checked >= 100


def plain_nodes() -> Iterator[tuple[Case, Requirement]]:
    """Nodes of random trees without credit borne for what is below them: those are passed by, not waived."""
    for seed in range(120):
        case = case_of(seed)
        nodes = list(case.tree.walk())
        node = nodes[seed % len(nodes)]
        if not any(inner.nominal and (inner.children or inner.kind is Kind.CREDITS) for inner in node.walk()):
            yield case, node


def rules_of(case: Case) -> list[Rule]:
    shape = numbered_tree_of(case.tree, Method.ONE)
    problem = numbered_problem(shape, (), (), planned=frozenset(), context=case.context, on=TODAY).problem
    return list(problem.rules.places)


def test_apply_here_is_heeded_though_another_piece_counted_there_before() -> None:
    pieces = [Attainment(name, competency="b") for name in ("m1", "m2")]
    before = today(Y, pieces)
    (standing,) = (use.attainment for use in before.uses)
    (other,) = {"m1", "m2"} - {standing}
    pin = RequirementException("e", ExceptionKind.APPLY_HERE, "y", attainment=other)

    after = audit(Y, pieces, [pin], context=Context(Method.ONE), on=TODAY, previous=before.assignment).today

    assert [use.attainment for use in after.uses] == [other]


def test_a_plain_piece_takes_the_place_of_one_that_stood_by_exception() -> None:
    allowed = RequirementException("e", ExceptionKind.ALSO_ALLOW, "y", competency="c")
    odd, plain = Attainment("a", competency="c"), Attainment("z", competency="b")
    before = today(Y, [odd], allowed)

    after = audit(Y, [odd, plain], [allowed], context=Context(Method.ONE), on=TODAY, previous=before.assignment).today

    assert before.exceptions_used == ("e",)
    assert ([use.attainment for use in after.uses], after.exceptions_used) == (["z"], ())


def test_among_equally_cheap_plans_of_the_solver_apply_here_decides_too() -> None:
    heeded = 0
    for seed in range(400):
        case = case_of(seed)
        free = audit(case.tree, case.attainments, [], context=case.context, on=TODAY, solver=SOLVER).today
        for name, node in sorted(possible_places(case)) if free.contested else ():
            pin = RequirementException("e", ExceptionKind.APPLY_HERE, node, attainment=name)
            pinned = audit(
                case.tree,
                case.attainments,
                [pin],
                context=case.context,
                on=TODAY,
                solver=SOLVER,
                previous=free.assignment,
            ).today

            assert pinned.distance == free.distance, (seed, name, node)
            assert pinned.proven
            if (name, node) in free.assignment.uses:
                assert (name, node) in pinned.assignment.uses, (seed, name, node)
            heeded += (name, node) in pinned.assignment.uses - free.assignment.uses
    assert heeded >= 3


def possible_places(case: Case) -> set[tuple[str, str]]:
    bound = numbered_problem(
        numbered_tree_of(case.tree, Method.ONE),
        case.attainments,
        (),
        planned=frozenset(),
        context=case.context,
        on=TODAY,
    )
    leaves = zip(bound.problem.shape.nodes, bound.problem.options, strict=True)
    return {(option.attainment, node.id) for node, options in leaves for option in options}


@pytest.mark.parametrize(
    ("kind", "node"),
    [
        (AttainmentKind.MILESTONE, X),
        (AttainmentKind.AWARD, X),
        (AttainmentKind.QUANTITY, X),
        (AttainmentKind.RECOGNITION, Requirement("v", Kind.MILESTONE)),
        (AttainmentKind.MASTERY, Requirement("p", Kind.PROGRAM, children=(X, Y))),
        (AttainmentKind.AWARD, Requirement("p", Kind.PROGRAM)),
    ],
)
def test_anything_can_stand_in_for_anything(kind: AttainmentKind, node: Requirement) -> None:
    tree = Requirement("r", Kind.ALL, children=(node,))
    thing = Attainment("m", kind, ref="else", competency="else", quantity=1)
    instead = RequirementException("e", ExceptionKind.SUBSTITUTE, node.id, attainment="m")

    outcome = today(tree, [thing], instead)

    assert today(tree, [thing]).distance > 0
    assert (outcome.met, outcome.exceptions_used) == (True, ("e",))
    assert [(use.attainment, use.node, use.exception) for use in outcome.uses] == [("m", node.id, "e")]
    after = audit(tree, [thing], [instead], context=Context(Method.ONE), on=TODAY, previous=outcome.assignment).today
    assert after.uses == outcome.uses


def test_a_substitute_counts_only_once_it_is_there() -> None:
    coming = Attainment("m", competency="c", achieved_on=TODAY + timedelta(days=2))
    instead = RequirementException("e", ExceptionKind.SUBSTITUTE, "y", attainment="m")

    result = audit(Y, [coming], [instead], context=Context(Method.ONE), on=TODAY)

    assert (result.status, result.holds_until) == (Status.UNMET, TODAY + timedelta(days=2))
    assert audit(Y, [coming], [instead], context=Context(Method.ONE), on=TODAY + timedelta(days=2)).status is Status.MET
    assert audit(Y, [], [instead], planned=[coming], context=Context(Method.ONE), on=TODAY).status is Status.IN_PROGRESS


@pytest.mark.parametrize("kind", [ExceptionKind.SUBSTITUTE, ExceptionKind.ALSO_ALLOW, ExceptionKind.APPLY_HERE])
@pytest.mark.parametrize("group", [Kind.ALL, Kind.CHOOSE, Kind.CREDITS])
def test_nothing_counts_at_a_group_by_itself(kind: ExceptionKind, group: Kind) -> None:
    tree = Requirement("r", group, children=(X, Y), n=1 if group is Kind.CHOOSE else 0, min_credits=900)
    pieces = [Attainment("m", competency="c", credits=500)]

    eased = today(tree, pieces, RequirementException("e", kind, "r", attainment="m", competency="c"))

    assert (eased.distance, eased.uses) == (900, ())


def test_an_exception_beside_an_award_is_not_what_meets_the_program() -> None:
    tree = Requirement("p", Kind.PROGRAM, children=(X, Y))
    attainments = [Attainment("w", AttainmentKind.AWARD, ref="p"), Attainment("m", competency="c")]
    instead = RequirementException("e", ExceptionKind.SUBSTITUTE, "p", attainment="m")

    outcome = today(tree, attainments, instead)

    assert [use.attainment for use in outcome.uses] == ["w"]
    assert outcome.exceptions_used == ()


@pytest.mark.parametrize("reached", [1, 2])
def test_a_milestone_that_is_reached_needs_no_exception(reached: int) -> None:
    viva = Requirement("v", Kind.MILESTONE)
    attainments = [Attainment("n", competency="c"), Attainment("z", AttainmentKind.MILESTONE, ref="v")][-reached:]

    outcome = today(viva, attainments, RequirementException("e", ExceptionKind.SUBSTITUTE, "v", attainment="n"))

    assert [use.attainment for use in outcome.uses] == ["z"]
    assert outcome.exceptions_used == ()
