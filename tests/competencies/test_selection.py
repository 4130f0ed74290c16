"""Filter, sort and fields of the list of documents: pure rules."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competencies.rules.selection import SelectionError, filter_of, is_selected, only_fields, sorted_by

NAMES = {"title", "creator", "language", "subject", "licenseURI", "licenseURI.title", "lastChangeDateTime"}
BREAD: dict[str, Any] = {
    "title": "Bread and Rolls",
    "creator": "Guild",
    "subject": ["Baking", "Craft"],
    "licenseURI": {"title": "CC BY"},
    "lastChangeDateTime": "2026-03-01T09:00:00Z",
}
CLOTH: dict[str, Any] = {"title": "Cloth", "creator": "O'Neill", "lastChangeDateTime": "2026-03-01T11:00:00+01:00"}


def selected(text: str) -> list[str]:
    wanted = filter_of(text, names=NAMES)
    return [tree["title"] for tree in (BREAD, CLOTH) if is_selected(tree, wanted)]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("title='cloth'", ["Cloth"]),
        ("title~'AND ro'", ["Bread and Rolls"]),
        ("title!='Cloth'", ["Bread and Rolls"]),
        ("creator='O''Neill'", ["Cloth"]),
        ("subject='craft'", ["Bread and Rolls"]),
        ("subject!='craft'", ["Cloth"]),
        ("licenseURI.title='cc by'", ["Bread and Rolls"]),
        ("language='en'", []),
        ("language!='en'", ["Bread and Rolls", "Cloth"]),
        ("lastChangeDateTime>'2026-03-01T09:30:00Z'", ["Cloth"]),
        ("lastChangeDateTime<='2026-03-01T10:00:00+01:00'", ["Bread and Rolls"]),
        ("lastChangeDateTime>='2026-03-01'", ["Bread and Rolls", "Cloth"]),
        ("lastChangeDateTime='2026-03-01T10:00:00Z'", ["Cloth"]),
        ("title~'o' AND creator='guild'", ["Bread and Rolls"]),
        ("title='cloth' OR creator='guild'", ["Bread and Rolls", "Cloth"]),
        ("creator='nobody' AND title~'o' OR title='cloth'", ["Cloth"]),
        (" title = 'cloth' ", ["Cloth"]),
    ],
)
def test_a_filter_selects_what_it_says(text: str, titles: list[str]) -> None:
    assert selected(text) == titles


@pytest.mark.parametrize(
    "text",
    [
        "",
        "title",
        "title=cloth",
        "title='cloth",
        "colour='red'",
        "title.x='a'",
        "title='a' XOR creator='b'",
        "title='a' AND",
        "title='a' ANDcreator='b'",
        "title='a' creator='b'",
        "lastChangeDateTime>'spring'",
        " OR ".join(["title='a'"] * 21),
    ],
)
def test_another_filter_is_refused(text: str) -> None:
    with pytest.raises(SelectionError):
        filter_of(text, names=NAMES)


@given(st.text(max_size=80))
def test_any_text_is_a_filter_or_refused(text: str) -> None:
    try:
        wanted = filter_of(text, names=NAMES)
    except SelectionError:
        return
    is_selected(BREAD, wanted)


VALUES = st.text(max_size=8)


@given(VALUES, VALUES)
def test_equal_and_unequal_are_opposites(one: str, other: str) -> None:
    quoted = other.replace("'", "''")
    equal = filter_of(f"title='{quoted}'", names=NAMES)
    unequal = filter_of(f"title!='{quoted}'", names=NAMES)

    assert is_selected({"title": one}, equal) is not is_selected({"title": one}, unequal)
    assert is_selected({"title": other}, equal)


@given(st.lists(st.integers(0, 5), max_size=8), st.booleans())
def test_sorting_keeps_the_order_of_equals_and_puts_what_has_no_member_last(hours: list[int], descending: bool) -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    trees: list[dict[str, Any]] = [
        {"place": place, "lastChangeDateTime": (day + timedelta(hours=hour)).isoformat()}
        for place, hour in enumerate(hours)
    ]
    bare = {"place": -1}

    ordered = sorted_by([bare, *trees], "lastChangeDateTime", descending=descending)

    sign = -1 if descending else 1
    assert [tree["place"] for tree in ordered] == [
        *(place for place, _hour in sorted(enumerate(hours), key=lambda pair: sign * pair[1])),
        -1,
    ]


def test_texts_sort_without_case_and_fields_are_cut_out() -> None:
    trees = [{"title": title} for title in ("cloth", "Bread", "Apples")]

    assert [tree["title"] for tree in sorted_by(trees, "title", descending=False)] == ["Apples", "Bread", "cloth"]
    assert only_fields(BREAD, {"title", "creator", "notes"}) == {"title": "Bread and Rolls", "creator": "Guild"}
