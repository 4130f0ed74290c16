"""What keeps a draft from being published as `cairn-program@2`, and that every finding has words and a mend."""

from dataclasses import replace

import pytest

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
from programs.curriculum.labels import finding_in_words
from programs.curriculum.rules.lint_draft import lint_draft
from programs.rules.attainments import Basis

A = Requirement("a", Kind.COMPETENCY, accepts=("ca",), nominal=500)
B = Requirement("b", Kind.COMPETENCY, accepts=("cb",), nominal=300)
E = Requirement("e", Kind.CREDITS, accepts=("ca", "cb"), min_credits=600, credit_table=(("ca", 500), ("cb", 300)))
R = Requirement("r", Kind.ALL, children=(A, B, E))
NONE_ELSEWHERE = tuple(SourceCap(basis, 0) for basis in Basis if basis is not Basis.ASSESSED_HERE)


def codes(tree: Requirement, **also: object) -> list[tuple[str, str]]:
    findings = lint_draft(tree, **also)  # type: ignore[arg-type]  # passed on as they are
    for finding in findings:
        words = finding_in_words(finding)
        assert words.what
        assert words.mend
        assert "%(" not in str(words)
    return [(finding.node, finding.code) for finding in findings]


TWIN = replace(A, id="a2")
CHOICE = Requirement("c", Kind.CHOOSE, children=(replace(A, id="c1"), replace(B, id="c2")), n=1)
FREE = replace(E, accepts=("*",))
THEN = Requirement("if", Kind.IF, children=(A, B), condition=Condition("cohort", Operator.EQUAL, ("Autumn",)))
AFTER = Condition("admitted_on", Operator.AT_LEAST, ("2026-09-01",))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((A, E), ("sharing_undecided_exclusive", "a, e")),
        ((A, CHOICE), ("sharing_undecided_exclusive", "a, c")),
        ((A, B, FREE), ("sharing_undecided_exclusive", "a, b, e")),
        ((A, B, TWIN), ("sharing_undecided_shared", "a, a2")),
        ((A, Requirement("p", Kind.PROGRAM, children=(TWIN,))), ("sharing_undecided_shared", "a, p")),
    ],
)
def test_an_author_is_asked_whether_overlapping_parts_share(
    parts: tuple[Requirement, ...], expected: tuple[str, str]
) -> None:
    tree = Requirement("r", Kind.ALL, children=parts)

    asked = [(found.code, found.values.get("overlapping")) for found in lint_draft(tree, undecided={"r"})]

    assert asked == [expected]
    assert codes(tree) == []
    assert codes(replace(tree, children=(A, B)), undecided={"r"}) == []


def test_what_a_group_excludes_overlaps_with_nothing() -> None:
    tree = Requirement("r", Kind.ALL, children=(A, replace(E, excludes=("ca",))))

    assert codes(tree, undecided={"r"}) == []


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (replace(R, children=(A, TWIN), exclusive=True), ("a2", "exclusive_of_the_same")),
        (replace(R, share_caps=(ShareCap("a", "x", 1),)), ("r", "cap_about_nothing")),
        (replace(R, share_caps=(ShareCap("a", "r", 1),)), ("r", "cap_about_nothing")),
        (replace(R, children=(B, CHOICE), share_caps=(ShareCap("c", "c1", 1),)), ("r", "cap_with_its_own_part")),
        (replace(E, max_listed=(ListCap(("ca", "cb"), 500, Unit.CREDITS),)), ("e", "list_below_minimum")),
        (replace(E, max_listed=(ListCap(("*",), 1, Unit.COUNT),), min_pieces=2), ("e", "list_below_pieces")),
        (replace(E, min_pieces=3), ("e", "pieces_out_of_reach")),
        (replace(R, excludes=("cb",)), ("b", "accepts_only_excluded")),
        (replace(A, condition=AFTER), ("a", "condition_elsewhere")),
        (replace(THEN, condition=None), ("if", "without_condition")),
        (replace(THEN, children=(A, B, CHOICE)), ("if", "branches_of_condition")),
        (replace(THEN, condition=Condition("luck", Operator.EQUAL, ("x",))), ("if", "unknown_fact")),
        (replace(THEN, condition=replace(AFTER, fact="cohort")), ("if", "fact_without_order")),
        (replace(THEN, condition=Condition("admitted_on", Operator.EQUAL, ("soon",))), ("if", "fact_value_wrong")),
        (replace(A, met_by=MetBy.EITHER), ("a", "met_by_elsewhere")),
        (replace(E, credit_table=(), earned_here=600), ("e", "nothing_fills_it")),
        (replace(FREE, credit_table=(("ca", 0),), max_source=NONE_ELSEWHERE), ("e", "nothing_fills_it")),
        (replace(R, children=(A, replace(TWIN, nominal=100), replace(E, credit_table=()))), ("e", "credit_unclear")),
    ],
)
def test_rules_that_contradict_what_is_asked_are_found(tree: Requirement, expected: tuple[str, str]) -> None:
    assert codes(tree) == [expected]


@pytest.mark.parametrize(
    "tree",
    [
        replace(R, share_caps=(ShareCap("a", "b", 1),), exclusive=True),
        replace(E, max_listed=(ListCap(("ca",), 0, Unit.CREDITS),), min_pieces=2),
        replace(E, excludes=("ca",)),
        replace(E, credit_table=()),  # recognized study fills it
        replace(R, children=(A, replace(TWIN, nominal=100), E)),  # the table says what it brings
        THEN,
        replace(THEN, condition=AFTER, children=(A,)),
        Requirement("p", Kind.PROGRAM, met_by=MetBy.EITHER, nominal=100),
    ],
)
def test_rules_that_can_be_met_are_sound(tree: Requirement) -> None:
    assert codes(tree) == []
