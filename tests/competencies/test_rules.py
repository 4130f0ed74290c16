"""The pure rules of competencies, compared with slower and simpler implementations."""

from hypothesis import given
from hypothesis import strategies as st

from competencies.rules.cycles import cycle_in
from competencies.rules.meaning import Change, Meaning, change_of, imported_meaning
from competencies.rules.namesakes import DocumentIdentity, best_match, is_same_document
from competencies.rules.tree import Edge, TreeNode, forest_of, pruned

NODES = st.integers(0, 6)
GRAPHS = st.lists(st.tuples(NODES, NODES), max_size=14)


def leads_back(edges: list[tuple[int, int]]) -> bool:
    """Whether the transitive closure holds a loop, the slow way."""
    reach = set(edges)
    while True:
        further = {(a, d) for a, b in reach for c, d in reach if b == c} - reach
        if not further:
            return any(a == b for a, b in reach)
        reach |= further


@given(GRAPHS)
def test_a_circle_is_found_exactly_where_there_is_one(edges: list[tuple[int, int]]) -> None:
    assert bool(cycle_in(edges)) == leads_back(edges)


@given(GRAPHS)
def test_what_is_found_is_a_circle_of_these_edges(edges: list[tuple[int, int]]) -> None:
    found = cycle_in(edges)

    assert all(pointer_step in edges for pointer_step in zip(found, (*found[1:], *found[:1]), strict=True))


@given(st.permutations(range(7)), st.lists(st.tuples(NODES, NODES), max_size=12))
def test_no_item_is_lost_in_the_tree_whatever_its_edges(order: list[int], pairs: list[tuple[int, int]]) -> None:
    downward = [Edge(max(pair), min(pair)) for pair in pairs if pair[0] != pair[1]]

    forest = forest_of(order, downward, sorting={key: ("", key) for key in order})

    assert sorted(node.key for node in flat(forest) if not node.repeated) == list(range(7))


def flat(forest: tuple[TreeNode[int], ...]) -> list[TreeNode[int]]:
    return [each for node in forest for each in (node, *flat(node.children))]


def test_siblings_stand_by_sequence_then_by_code_and_those_without_a_number_last() -> None:
    edges = [Edge(1, None, 2), Edge(2, None, 1), Edge(3, None), Edge(4, None)]
    sorting = {1: ("A", 0), 2: ("B", 1), 3: ("D", 2), 4: ("C", 3)}

    assert [node.key for node in forest_of([1, 2, 3, 4], edges, sorting=sorting)] == [2, 1, 4, 3]


def test_an_item_with_two_parents_is_shown_under_both_and_unfolded_once() -> None:
    edges = [Edge(1, None), Edge(2, None), Edge(3, 1), Edge(3, 2), Edge(4, 3)]

    forest = forest_of([1, 2, 3, 4], edges, sorting={key: ("", key) for key in range(5)})

    assert [(node.key, node.repeated) for node in flat(forest)] == [
        (1, False),
        (3, False),
        (4, False),
        (2, False),
        (3, True),
    ]


def test_what_was_looked_for_is_kept_with_what_leads_there() -> None:
    edges = [Edge(1, None), Edge(2, 1), Edge(3, 1), Edge(4, None)]
    forest = forest_of([1, 2, 3, 4], edges, sorting={key: ("", key) for key in range(5)})

    assert [node.key for node in flat(pruned(forest, frozenset({3})))] == [1, 3]


def test_use_decides_between_correcting_and_a_new_revision() -> None:
    now, wanted = Meaning("a"), Meaning("b")

    assert [
        change_of(now, wanted, used=False),
        change_of(now, wanted, used=True),
        change_of(now, now, used=True),
    ] == [Change.UPDATE, Change.NEW_REVISION, Change.NONE]


def test_an_edit_of_ours_stays_while_the_source_stands_still() -> None:
    ours, theirs = Meaning("ours", "criteria", 3), Meaning("theirs")

    assert imported_meaning(ours, theirs, source_unchanged=True) == ours
    assert imported_meaning(ours, theirs, source_unchanged=False) == Meaning("theirs", "criteria", 3)


def claim(title: str = "A", changed: str = "2026-01-01T00:00:00Z", items: str = "xy") -> DocumentIdentity:
    return DocumentIdentity(title, changed, frozenset(items))


def test_a_document_is_the_same_by_title_or_as_a_newer_state_of_its_items() -> None:
    existing = claim()

    assert is_same_document(existing, claim(title=" a ", changed="1999-01-01", items=""))
    assert is_same_document(existing, claim(title="B", changed="2026-02-01T00:00:00+00:00", items="yz"))
    assert is_same_document(existing, claim(title="B", changed="", items="yz"))
    assert not is_same_document(existing, claim(title="B", items="yz"))
    assert not is_same_document(existing, claim(title="B", changed="2025-01-01T00:00:00Z", items="xy"))
    assert not is_same_document(existing, claim(title="B", changed="2026-02-01T00:00:00Z", items="z"))


def test_of_several_the_one_of_the_same_title_is_meant_then_the_nearest() -> None:
    newer = "2027-01-01T00:00:00Z"
    existing = [(1, claim("A", items="x")), (2, claim("B", items="xyz")), (3, claim("C", items="xy"))]

    assert best_match(existing, claim("C", newer, "xyz")) == 3
    assert best_match(existing, claim("D", newer, "xyz")) == 2
    assert best_match(existing, claim("D", newer, "q")) is None
