"""The pure rules of accounts."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules.linking import canonical_ids
from accounts.rules.name_spelling import folded, search_words, sort_key
from accounts.rules.tenure import Tenure

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVENING = datetime(2026, 3, 2, 18, tzinfo=UTC)

records = st.integers(1, 12)
links = st.lists(st.tuples(records, records), max_size=20)


def test_a_role_holds_from_its_start_up_to_its_end() -> None:
    tenure = Tenure("registrar", None, NOON, EVENING)

    assert [tenure.covers(at) for at in (NOON, EVENING)] == [True, False]


def test_a_role_called_off_before_it_began_never_holds() -> None:
    assert not Tenure("registrar", None, NOON, NOON).covers(NOON)


def test_a_role_reaches_the_places_below_its_own() -> None:
    tenure = Tenure("registrar", 3, NOON, None)

    assert [tenure.reaches({1, 3, 9}), tenure.reaches({1, 9})] == [True, False]


@given(links)
def test_records_are_one_person_exactly_when_links_connect_them(pairs: list[tuple[int, int]]) -> None:
    person = canonical_ids(range(1, 13), pairs)

    assert {(one, other) for one in person for other in person if person[one] == person[other]} == connected(pairs)


@given(links, st.randoms(use_true_random=False))
def test_the_order_and_direction_of_links_do_not_matter(pairs: list[tuple[int, int]], chance: object) -> None:
    turned = [(other, one) for one, other in reversed(pairs)]

    assert canonical_ids(range(1, 13), turned) == canonical_ids(range(1, 13), pairs)


@given(links)
def test_a_person_is_the_lowest_of_its_records(pairs: list[tuple[int, int]]) -> None:
    person = canonical_ids(range(1, 13), pairs)

    assert all(person[head] == head <= record for record, head in person.items())


def connected(pairs: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """Warshall's closure, the slow and obvious way."""
    everyone = range(1, 13)
    reach = {(record, record) for record in everyone} | set(pairs) | {(other, one) for one, other in pairs}
    for middle in everyone:
        reach |= {
            (one, other)
            for one in everyone
            for other in everyone
            if (one, middle) in reach and (middle, other) in reach
        }
    return reach


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("  Żółć   Łódź ", "zolc lodz"),
        ("STRAßE", "strasse"),
        ("Ngô Đình Nhu", "ngo dinh nhu"),
        ("ﬁona \uff21da", "fiona ada"),
        ("مُحَمَّد", "محمد"),
        ("İpek", "ipek"),
        ("हिन्दी", "हिन्दी"),
        ("김민수", "김민수"),
    ],
)
def test_names_are_compared_without_case_and_ornament(written: str, compared: str) -> None:
    assert folded(written) == compared


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_a_list_is_ordered_by_how_a_name_is_sorted() -> None:
    names = [("Åsa Öberg", "Öberg, Åsa"), ("Anna Zeh", "Zeh, Anna"), ("Cher", "")]

    assert sorted(names, key=lambda name: sort_key(*name)) == [names[2], names[0], names[1]]


def test_words_to_search_come_from_all_texts_once() -> None:
    assert search_words("Anne-Marie O'Neill", "O'Neill, Anne-Marie", "安娜") == ["anne", "marie", "o", "neill", "安娜"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("احمد", "أحمد"),
        ("إيمان", "ايمان"),
        ("آمنة", "امنه"),
        ("فاطمة", "فاطمه"),
        ("ليلى", "ليلي"),
        ("علی", "علي"),
        ("کریم", "كريم"),
        ("مؤمن", "مومن"),
        ("رئيس", "رييس"),
        ("محـــمد", "مُحَمَّد"),
        ("ٱلحسن", "الحسن"),
        ("بهاء", "بها"),
        ("٢٠٢٦", "2026"),
        ("۲۰۲۶", "2026"),
        ("Ada\u200b Love\u00adlace", "Ada Lovelace"),
        ("葛\U000e0100城", "葛城"),
        ("می\u200cخواهم", "میخواهم"),  # noqa: RUF001 - Arabic
        ("Zoe\ufe0f", "Zoë"),
    ],
)
def test_spellings_of_one_name_find_it(typed: str, stored: str) -> None:
    assert search_words(typed) == search_words(stored)
    assert search_words(typed) != []


def test_a_name_whose_letters_unfold_still_fits_its_columns() -> None:
    longest = "\ufdfa" * 300

    assert len(sort_key(longest)) == 600
    assert len(" ".join(search_words(longest, longest))) <= 1200
