"""What the linter refuses, node by node, and that every finding has words and a mend."""

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
from programs.curriculum.rules.finding import Finding
from programs.curriculum.rules.lint import lint
from programs.rules.attainments import Basis

A = Requirement("a", Kind.COMPETENCY, accepts=("ca",), nominal=500)
B = Requirement("b", Kind.COMPETENCY, accepts=("cb",), nominal=300)
E = Requirement("e", Kind.CREDITS, accepts=("ca", "cb"), min_credits=600, credit_table=(("ca", 500), ("cb", 300)))
R = Requirement("r", Kind.ALL, children=(A, B, E))
NONE_ELSEWHERE = tuple(SourceCap(basis, 0) for basis in Basis if basis is not Basis.ASSESSED_HERE)


def codes(tree: Requirement, **also: object) -> list[tuple[str, str]]:
    findings = lint(tree, **also)  # type: ignore[arg-type]  # passed on as they are
    for finding in findings:
        words = finding_in_words(finding)
        assert words.what
        assert words.mend
        assert "%(" not in str(words)
    return [(finding.node, finding.code) for finding in findings]


def test_a_sound_tree_has_no_findings() -> None:
    stacked = Requirement("p", Kind.PROGRAM, children=(replace(R, id="inner"),))
    tree = Requirement("top", Kind.ALL, children=(stacked,), min_credits=800)

    assert lint(tree, showable={"ca", "cb"}) == ()


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (replace(R, children=()), ("r", "empty_group")),
        (replace(R, kind=Kind.CHOOSE, n=4), ("r", "choose_out_of_range")),
        (replace(R, kind=Kind.CHOOSE, n=0), ("r", "choose_out_of_range")),
        (replace(R, kind=Kind.CHOOSE, n=3), ("r", "choose_all")),
        (replace(R, n=2), ("r", "n_without_choose")),
        (replace(A, accepts=()), ("a", "accepts_nothing")),
        (replace(A, accepts=("*",)), ("a", "anything_for_a_competency")),
        (replace(A, nominal=0, children=(B,)), ("a", "leaf_with_parts")),
        (replace(E, min_credits=0), ("e", "no_credits_asked")),
        (Requirement("q", Kind.QUANTITY), ("q", "no_quantity_asked")),
        (replace(A, nominal=-1), ("a", "negative")),
        (replace(E, max_source=(SourceCap(Basis.TRANSFER, -1),)), ("e", "negative")),
        (replace(R, children=(A, replace(B, id="a"))), ("a", "id_twice")),
        (replace(R, children=(A, B), min_credits=801), ("r", "unreachable_minimum")),
        (replace(A, min_credits=500), ("a", "minimum_on_a_leaf")),
        (replace(R, nominal=500, children=(A,)), ("a", "credits_twice_on_a_path")),
        (replace(R, nominal=500, children=(E,)), ("e", "credits_twice_on_a_path")),
        (replace(E, earned_here=601), ("e", "more_here_than_asked")),
        (replace(E, max_source=(SourceCap(Basis.TRANSFER, 5),) * 2), ("e", "cap_twice")),
        (replace(E, max_source=tuple(SourceCap(basis, 100) for basis in Basis)), ("e", "caps_below_minimum")),
    ],
)
def test_a_fault_is_found_at_its_node(tree: Requirement, expected: tuple[str, str]) -> None:
    assert codes(tree) == [expected]


def test_credit_on_a_group_hides_where_it_was_earned() -> None:
    group = Requirement("g", Kind.ALL, children=(replace(A, nominal=0),), nominal=500)

    assert codes(Requirement("r", Kind.ALL, children=(group,), earned_here=300)) == [
        ("r", "source_rule_above_group_credit")
    ]


def test_a_minimum_that_the_parts_just_reach_is_sound() -> None:
    assert codes(replace(R, children=(A, B), min_credits=800)) == []


def test_electives_reach_any_minimum() -> None:
    assert codes(replace(R, min_credits=10**6)) == []


def test_a_competency_that_nothing_can_show_is_named() -> None:
    assert lint(R, showable={"ca"}) == (Finding("b", "nothing_can_show_it", {"competencies": "cb"}),)
    assert codes(R, showable=set()) == [
        ("a", "nothing_can_show_it"),
        ("b", "nothing_can_show_it"),
        ("e", "nothing_can_show_it"),
    ]


def test_a_program_is_found_inside_itself_however_deep() -> None:
    def program(name: str, *inside: str) -> Requirement:
        parts = tuple(Requirement(f"{name}-{part}", Kind.PROGRAM, accepts=(part,), nominal=100) for part in inside)
        return Requirement(name, Kind.ALL, children=(*parts, replace(A, id=f"{name}-leaf")))

    stacked = {"one": program("one", "two"), "two": program("two", "three"), "three": program("three", "one")}
    tree = program("top", "one")

    assert codes(tree, stacked=stacked) == [("top-one", "program_in_itself")]
    assert codes(tree, stacked={**stacked, "three": program("three")}) == []


def test_a_program_written_inside_itself_is_found() -> None:
    inner = Requirement("again", Kind.PROGRAM, accepts=("p",), nominal=100)
    tree = Requirement("top", Kind.ALL, children=(Requirement("p", Kind.PROGRAM, children=(inner,)),))

    assert codes(tree) == [("again", "program_in_itself")]


def test_findings_come_in_the_order_of_the_tree() -> None:
    tree = replace(R, n=1, children=(replace(A, accepts=()), replace(B, nominal=-5)))

    assert codes(tree) == [("r", "n_without_choose"), ("a", "accepts_nothing"), ("b", "negative")]


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

    asked = [(found.code, found.values.get("overlapping")) for found in lint(tree, undecided={"r"})]

    assert asked == [expected]
    assert codes(tree) == []
    assert codes(replace(tree, children=(A, B)), undecided={"r"}) == []


def test_what_a_group_excludes_overlaps_with_nothing() -> None:
    tree = Requirement("r", Kind.ALL, children=(A, replace(E, excludes=("ca",))))

    assert codes(tree, undecided={"r"}) == []


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (replace(R, children=(A, TWIN), exclusive=True), ("r", "exclusive_asks_twice")),
        (replace(R, share_caps=(ShareCap("a", "x", 1),)), ("r", "share_cap_unknown_node")),
        (replace(R, share_caps=(ShareCap("a", "r", 1),)), ("r", "share_cap_unknown_node")),
        (replace(R, children=(B, CHOICE), share_caps=(ShareCap("c", "c1", 1),)), ("r", "share_cap_nested")),
        (replace(E, max_listed=(ListCap(("ca", "cb"), 500, Unit.CREDITS),)), ("e", "list_below_minimum")),
        (replace(E, max_listed=(ListCap(("*",), 1, Unit.COUNT),), min_pieces=2), ("e", "list_below_pieces")),
        (replace(E, min_pieces=3), ("e", "pieces_out_of_reach")),
        (replace(R, excludes=("cb",)), ("b", "excluded_but_asked")),
        (replace(A, condition=AFTER), ("a", "condition_without_if")),
        (replace(THEN, condition=None), ("if", "if_without_condition")),
        (replace(THEN, children=(A, B, CHOICE)), ("if", "if_parts_out_of_range")),
        (replace(THEN, condition=Condition("luck", Operator.EQUAL, ("x",))), ("if", "unknown_fact")),
        (replace(THEN, condition=replace(AFTER, fact="cohort")), ("if", "fact_without_order")),
        (replace(THEN, condition=replace(AFTER, values=("soon",))), ("if", "fact_value_wrong")),
        (replace(A, met_by=MetBy.TREE), ("a", "met_by_without_program")),
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
