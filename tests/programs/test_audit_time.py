"""Answers that change without events: what counts on which day, and when to look again."""

from datetime import date, timedelta

from programs.audit.rules.audit import audit
from programs.audit.rules.completion.eligibility import Reason
from programs.audit.rules.context import Context, Method
from programs.audit.rules.requirements import Kind, Requirement
from programs.audit.rules.result import Audit
from programs.rules.attainments import Attainment
from tests.programs.audit_trees import TODAY, case_of

X = Requirement("x", Kind.COMPETENCY, accepts=("a",), nominal=500)
DAY = timedelta(days=1)


def on(day: date, tree: Requirement, *attainments: Attainment) -> Audit:
    return audit(tree, attainments, [], context=Context(Method.ONE), on=day)


def reasons(result: Audit) -> list[Reason]:
    return [left.reason for left in result.today.left_out]


def test_an_attainment_counts_before_the_day_it_is_valid_until() -> None:
    piece = Attainment("m", competency="a", valid_until=TODAY)

    assert on(TODAY - DAY, X, piece).today.met
    assert on(TODAY - DAY, X, piece).holds_until == TODAY
    assert reasons(on(TODAY, X, piece)) == [Reason.LAPSED]
    assert on(TODAY, X, piece).holds_until is None


def test_an_attainment_counts_from_the_day_it_was_achieved() -> None:
    piece = Attainment("m", competency="a", achieved_on=TODAY)

    assert reasons(on(TODAY - DAY, X, piece)) == [Reason.NOT_YET]
    assert on(TODAY - DAY, X, piece).holds_until == TODAY
    assert on(TODAY, X, piece).today.met


def test_the_shortest_window_on_the_path_decides() -> None:
    tree = Requirement("r", Kind.ALL, children=(X,), within_days=10)
    piece = Attainment("m", competency="a", achieved_on=TODAY)

    assert on(TODAY, tree, piece).holds_until == TODAY + 11 * DAY
    assert on(TODAY + 10 * DAY, tree, piece).today.met
    assert reasons(on(TODAY + 11 * DAY, tree, piece)) == [Reason.AGE]


def test_without_a_date_nothing_is_recent() -> None:
    tree = Requirement("r", Kind.ALL, children=(X,), within_days=10)

    assert reasons(on(TODAY, tree, Attainment("m", competency="a"))) == [Reason.UNDATED]


def test_planned_work_is_as_recent_as_can_be() -> None:
    tree = Requirement("r", Kind.ALL, children=(X,), within_days=10)
    planned = Attainment("p", competency="a")

    result = audit(tree, [], [], planned=[planned], context=Context(Method.ONE), on=TODAY)

    assert (result.today.met, result.projected.met) == (False, True)


def test_nothing_changes_before_the_day_that_is_told() -> None:
    answers_with_end = 0
    for seed in range(300):
        case = case_of(seed)
        now = audit(case.tree, case.attainments, [], context=case.context, on=TODAY)
        last = (now.holds_until or TODAY + 400 * DAY) - DAY
        later = audit(case.tree, case.attainments, [], context=case.context, on=last)
        answers_with_end += now.holds_until is not None

        assert (later.today.distance, later.today.assignment) == (now.today.distance, now.today.assignment), seed
    assert answers_with_end >= 50
