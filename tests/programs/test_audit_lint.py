"""What the linter refuses, node by node, and that every finding has words and a mend."""

from dataclasses import replace

import pytest

from programs.audit.rules.context import Method
from programs.audit.rules.requirements import (
    Condition,
    Kind,
    ListCap,
    MetBy,
    Operator,
    Requirement,
    ShareCap,
    SourceCap,
)
from programs.audit.rules.tree_faults import Finding
from programs.curriculum.labels import finding_in_words
from programs.curriculum.rules.lint import lint
from programs.rules.attainments import Basis

A = Requirement("a", Kind.COMPETENCY, accepts=("ca",), nominal=500)
B = Requirement("b", Kind.COMPETENCY, accepts=("cb",), nominal=300)
E = Requirement("e", Kind.CREDITS, accepts=("ca", "cb"), min_credits=600)
R = Requirement("r", Kind.ALL, children=(A, B, E))


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
        (replace(R, exclusive=True), ("r", "exclusivity_not_yet")),
        (replace(R, share_caps=(ShareCap("a", "b", 1),)), ("r", "sharing_not_yet")),
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


def test_what_a_later_audit_decides_may_be_let_through() -> None:
    assert codes(replace(R, exclusive=True), supported=False) == []


IF = Requirement("i", Kind.IF, children=(A, B), condition=Condition("intake", Operator.AT_LEAST, (2026,)))
TABLED = replace(E, credit_table=(("ca", 100),))


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (replace(IF, condition=None), ("i", "without_condition")),
        (replace(R, children=(A, B), condition=IF.condition), ("r", "condition_elsewhere")),
        (replace(IF, children=(A, B, TABLED)), ("i", "branches_of_condition")),
        (replace(IF, condition=Condition("x", Operator.EQUAL, (1, 2))), ("i", "one_value_expected")),
        (replace(IF, condition=Condition("x", Operator.AT_LEAST, ("north",))), ("i", "not_comparable")),
        (replace(R, children=(A, B), share_caps=(ShareCap("a", "z", 1),)), ("r", "cap_about_nothing")),
        (replace(R, children=(A, B), share_caps=(ShareCap("a", "a", 1),)), ("r", "cap_with_itself")),
        (
            Requirement("t", Kind.ALL, children=(replace(R, children=(A, B)),), share_caps=(ShareCap("r", "a", 1),)),
            ("t", "cap_with_its_own_part"),
        ),
        (replace(R, children=(A, replace(B, accepts=("ca",))), exclusive=True), ("b", "exclusive_of_the_same")),
        (replace(R, children=(A, B), excludes=("ca",)), ("a", "accepts_only_excluded")),
        (replace(R, children=(A, B), met_by=MetBy.TREE), ("r", "met_by_elsewhere")),
        (Requirement("p", Kind.PROGRAM, met_by=MetBy.TREE), ("p", "met_by_no_tree")),
        (R, ("e", "no_credit_by_mastery")),
        (
            Requirement(
                "t", Kind.ALL, children=(replace(R, children=(A,), nominal=5),), max_listed=(ListCap(("c",), 1),)
            ),
            ("t", "list_above_group_credit"),
        ),
    ],
)
def test_what_the_second_method_reads_is_checked_too(tree: Requirement, expected: tuple[str, str]) -> None:
    assert expected in codes(tree, method=Method.TWO)


def test_a_sound_tree_of_the_second_method_has_no_findings() -> None:
    tree = Requirement("t", Kind.ALL, children=(IF, TABLED), exclusive=True, share_caps=(ShareCap("i", "e", 1),))

    assert codes(tree, method=Method.TWO) == []


def by_year(least: str, *parts: Requirement) -> Requirement:
    """A condition on the day of admission; its first part is for those admitted that day or later."""
    condition = Condition("admitted_on", Operator.AT_LEAST, (least,))
    return Requirement(f"since {least}", Kind.IF, children=parts, condition=condition)


def worth(name: str, hundredths: int) -> Requirement:
    return Requirement(name, Kind.COMPETENCY, accepts=(name,), nominal=hundredths)


@pytest.mark.parametrize(
    ("parts", "asked", "reachable"),
    [
        # One part applies, so what both bring together is out of reach.
        ([by_year("2026-01-01", worth("x", 300), worth("y", 300))], 600, False),
        ([by_year("2026-01-01", worth("x", 300), worth("y", 300))], 300, True),
        # The poorer part has to be enough; without a second part it is nothing.
        ([by_year("2026-01-01", worth("x", 300), worth("y", 100))], 200, False),
        ([by_year("2026-01-01", worth("x", 300))], 100, False),
        # Equal conditions are decided alike, and who came after 2026 came after 2025 too.
        ([by_year("2026-01-01", worth("x", 300), worth("y", 100)),
          by_year("2026-01-01", worth("z", 100), worth("w", 300))], 400, True),
        ([by_year("2026-01-01", worth("x", 300), worth("y", 100)),
          by_year("2025-01-01", worth("z", 100), worth("w", 100))], 200, True),
        ([by_year("2026-01-01", worth("x", 100)), by_year("2025-01-01", worth("z", 100), worth("w", 200))], 200, False),
        ([by_year("2026-01-01", worth("x", 100)), by_year("2025-01-01", worth("z", 200), worth("w", 200))], 200, True),
    ],
)  # fmt: skip
def test_a_minimum_has_to_be_in_reach_whatever_a_condition_decides(
    parts: list[Requirement], asked: int, reachable: bool
) -> None:
    tree = Requirement("t", Kind.ALL, children=tuple(parts), min_credits=asked)

    assert (("t", "unreachable_minimum") not in codes(tree, method=Method.THREE)) is reachable
