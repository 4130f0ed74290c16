"""Lists cost the same on every page, and what is searched for stays out of addresses."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.template.response import TemplateResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization
from core.desk.paging import page_of
from tests.recipes import institution

pytestmark = [pytest.mark.urls("tests.core.desk.urls"), pytest.mark.django_db]
LIST = "/admin/accounts/organization/"


@pytest.fixture
def branches(college: Organization) -> Callable[[int], None]:
    def make(count: int) -> None:
        for number in range(count):
            institution.make(name=f"Branch {number}", parent=college)

    return make


def shown(client: Client, address: str) -> dict[str, Any]:
    """What the template of the page at `address` is given."""
    answer = client.get(address)
    assert isinstance(answer, TemplateResponse)
    return answer.context_data or {}


def names_on(client: Client, address: str) -> list[str]:
    return [str(row.record) for row in shown(client, address)["rows"]]


def queries_of(client: Client, address: str) -> int:
    """How many questions a page asks once the process is warm: Django keeps content types for good."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


@pytest.mark.parametrize("page", [LIST, "/admin/accounts/user/"])
def test_a_list_asks_the_same_number_of_questions_for_one_row_and_for_three(
    registrar: Client, branches: Callable[[int], None], page: str
) -> None:
    one = queries_of(registrar, page)
    branches(3)

    assert queries_of(registrar, page) == one


def test_a_record_and_its_history_ask_the_same_however_long_they_are(
    registrar: Client, college: Organization, branches: Callable[[int], None]
) -> None:
    row = institution.make(name="School of Care", parent=college)
    pages = [f"{LIST}{row.pk}/change/", f"{LIST}{row.pk}/history/"]
    short = [queries_of(registrar, page) for page in pages]
    for number in range(3):
        institution.make(name=f"Part {number}", parent=row)
        Organization.objects.filter(pk=row.pk).update(name=f"Name {number}")

    assert [queries_of(registrar, page) for page in pages] == short


def test_a_list_never_counts_and_never_skips(registrar: Client, branches: Callable[[int], None]) -> None:
    branches(5)

    with CaptureQueriesContext(connection) as seen:
        registrar.get(LIST + shown(registrar, LIST)["cl"].later_url)

    said = " ".join(query["sql"] for query in seen)
    assert "COUNT(" not in said
    assert "OFFSET" not in said


def test_pages_follow_each_other_forwards_and_back(registrar: Client, branches: Callable[[int], None]) -> None:
    branches(6)
    second = LIST + shown(registrar, LIST)["cl"].later_url
    third = LIST + shown(registrar, second)["cl"].later_url
    back = LIST + shown(registrar, third)["cl"].earlier_url

    assert names_on(registrar, LIST) == ["Branch 5", "Branch 4", "Branch 3"]
    assert names_on(registrar, third) == ["Lakeside College"]
    assert names_on(registrar, back) == ["Branch 2", "Branch 1", "Branch 0"]
    assert shown(registrar, third)["cl"].later_url == ""


def test_an_address_of_a_row_that_is_none_starts_from_the_front(registrar: Client, college: Organization) -> None:
    assert names_on(registrar, f"{LIST}?after=nonsense") == ["Lakeside College"]
    assert names_on(registrar, f"{LIST}?after=999999") == ["Lakeside College"]


def test_rows_with_equal_values_are_neither_lost_nor_shown_twice(college: Organization) -> None:
    for number in range(7):
        institution.make(name="Same" if number % 2 else "Other", parent=college)
    rows = Organization.objects.order_by("-name", "pk")

    seen, page = [], page_of(rows, size=2)
    while True:
        seen += page.rows
        if not page.later:
            break
        page = page_of(rows, size=2, after=page.rows[-1].pk)
    back = page_of(rows, size=3, before=seen[-1].pk)

    assert seen == list(rows)
    assert (back.rows, back.earlier) == (seen[-4:-1], True)


def test_a_filter_keeps_its_place_and_starts_from_the_front(registrar: Client, branches: Callable[[int], None]) -> None:
    branches(4)
    later = shown(registrar, f"{LIST}?kind__exact=ours")["cl"].later_url
    second = registrar.get(LIST + later).content.decode()

    assert sorted(parse_qs(later.lstrip("?"))) == ["after", "kind__exact"]
    assert "?kind__exact=partner" in second
    assert "kind__exact=partner&amp;after" not in second


def test_a_search_is_posted_and_leaves_no_term_in_any_address(
    registrar: Client, branches: Callable[[int], None]
) -> None:
    branches(4)

    answer = registrar.post(f"{LIST}search/?kind__exact=ours&after=3", {"q": "Branch 2"}, follow=True)

    page = answer.content.decode()
    assert answer.redirect_chain == [(f"{LIST}?kind__exact=ours", 302)]
    assert names_on(registrar, LIST) == ["Branch 2"]
    assert 'value="Branch 2"' in page
    assert not [link for link in page.split('href="')[1:] if "Branch" in link.split('"')[0]]


def test_a_search_holds_on_the_next_visit_until_it_is_cleared(
    registrar: Client, branches: Callable[[int], None]
) -> None:
    branches(4)
    registrar.post(f"{LIST}search/", {"q": "Branch 2"})

    kept = names_on(registrar, LIST)
    registrar.post(f"{LIST}search/", {"q": ""})

    assert kept == ["Branch 2"]
    assert names_on(registrar, LIST) == ["Branch 3", "Branch 2", "Branch 1"]


def test_a_term_that_came_by_address_is_taken_out_of_it(registrar: Client, branches: Callable[[int], None]) -> None:
    branches(2)

    answer = registrar.get(f"{LIST}?q=Branch+1&kind__exact=ours")

    assert answer.headers["Location"] == f"{LIST}?kind__exact=ours"
    assert names_on(registrar, LIST) == ["Branch 1"]


def test_one_persons_search_is_nobody_elses(
    registrar: Client, inspector: Client, branches: Callable[[int], None]
) -> None:
    branches(2)
    registrar.post(f"{LIST}search/", {"q": "Branch 1"})

    assert names_on(inspector, LIST) == ["Branch 1", "Branch 0", "Lakeside College"]


def test_searching_needs_the_right_to_see_the_list(inspector: Client) -> None:
    assert inspector.post("/admin/accounts/user/search/", {"q": "a"}).status_code == 403
    assert inspector.get(f"{LIST}search/").status_code == 405


def test_a_list_without_rows_says_so(registrar: Client) -> None:
    empty = registrar.get(LIST).content.decode()
    registrar.post(f"{LIST}search/", {"q": "nobody"})

    assert "Nothing here yet" in empty
    assert "Nothing matches" in registrar.get(LIST).content.decode()
