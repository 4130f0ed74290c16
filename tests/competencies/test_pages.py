"""The public pages: who sees them, what they cost, in which language they speak."""

import gzip
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from competencies.actions import revise_competency, withdraw_framework
from competencies.models import Competency, Framework
from tests.competencies.conftest import Take
from tests.competencies.packages import edge, fixture, guid, item, large, package, small
from tests.recipes import LONG_AGO, make_staff, signed_in_client

pytestmark = pytest.mark.django_db
LIST = "/frameworks/"


def framework_of(take: Take, tree: Any, **options: Any) -> Framework:
    report = take(tree, **{"publish": True, **options})
    row: Framework = Framework.objects.get(public_id=report.framework_id)
    return row


def body(client: Client, path: str, **headers: str) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == 200, path
    return str(response.content.decode())


def test_an_imported_framework_is_staffs_until_it_is_published(take: Take, client: Client) -> None:
    row = framework_of(take, small(), publish=False)
    item_page = row.competencies.get(code="knead").get_absolute_url()

    assert [client.get(path).status_code for path in (row.get_absolute_url(), item_page)] == [404, 404]
    assert "Bread" not in body(client, LIST)
    designer = signed_in_client(make_staff(Role.CURRICULUM_DESIGNER))
    assert "only staff see this page" in body(designer, row.get_absolute_url())
    assert "only staff see this page" in body(designer, item_page)
    assert "Not published" in body(designer, LIST)


def test_a_published_framework_is_everybodys(bread: Framework, client: Client) -> None:
    assert "Bread" in body(client, LIST)
    assert "Kneads until it <em>shines</em>." in body(client, bread.get_absolute_url())


def test_a_withdrawn_framework_is_gone_at_once(bread: Framework, client: Client) -> None:
    withdraw_framework(bread)

    assert client.get(bread.get_absolute_url()).status_code == 404


def test_an_unknown_framework_or_item_is_not_found(bread: Framework, client: Client) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"

    assert client.get(f"{LIST}{nobody}/").status_code == 404
    assert client.get(f"{bread.get_absolute_url()}items/{nobody}/").status_code == 404


@pytest.mark.parametrize("count", [1, 3, 500])
def test_a_tree_takes_four_queries_whatever_its_size(
    take: Take, client: Client, count: int, django_assert_num_queries: Any
) -> None:
    row = framework_of(take, large(count))

    with django_assert_num_queries(4):
        client.get(row.get_absolute_url())


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_one_query(take: Take, client: Client, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        framework_of(take, package(document={"identifier": guid(str(number)), "title": f"Framework {number}"}))

    with django_assert_num_queries(1):
        client.get(LIST)


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_competencys_page_takes_the_same_queries_whatever_it_leads_to(
    take: Take, client: Client, count: int, django_assert_num_queries: Any
) -> None:
    names = [f"item {number}" for number in range(count)]
    tree = package(item("root"), *map(item, names), edges=[edge("isRelatedTo", "root", name) for name in names])
    root = framework_of(take, tree).competencies.get(code="root")

    with django_assert_num_queries(6):
        client.get(root.get_absolute_url())


def test_a_tree_of_600_items_is_light(take: Take, client: Client) -> None:
    row = framework_of(take, large(600))

    assert len(gzip.compress(client.get(row.get_absolute_url()).content)) < 150_000


def test_the_tree_nests_and_keeps_the_order_of_the_source(bread: Framework, client: Client) -> None:
    html = body(client, bread.get_absolute_url())

    assert html.index("<summary>") < html.index("knead") < html.index("bake")
    assert (html.count("<details"), html.count("</details>")) == (1, 1)
    assert html.count("<ul") == html.count("</ul>")
    assert len(re.findall("<li[ >]", html)) == html.count("</li>")


def test_every_item_has_an_anchor_and_a_page(bread: Framework, client: Client) -> None:
    html = body(client, bread.get_absolute_url())

    for row in bread.competencies.all():
        assert f'id="{row.public_id}"' in html
        assert f'href="{row.get_absolute_url()}"' in html


def test_searching_shows_what_was_found_and_what_leads_there(bread: Framework, client: Client) -> None:
    html = body(client, f"{bread.get_absolute_url()}?q=SHINES+kneads")

    assert "1 of 3 competencies found." in html
    assert ("root" in html, "Bakes at" in html) == (True, False)


def test_searching_for_nothing_that_is_there_says_so(bread: Framework, client: Client) -> None:
    assert "0 of 3 competencies found." in body(client, f"{bread.get_absolute_url()}?q=quantum")


def test_a_search_is_shown_back_escaped(bread: Framework, client: Client) -> None:
    html = body(client, f"{bread.get_absolute_url()}?q=%22%3E%3Cscript%3E&type=%3Cb%3E")

    assert "<script>" not in html
    assert 'value="&quot;&gt;&lt;script&gt;"' in html


@pytest.mark.parametrize("words", ["%", "_", "\\", "%5C%25", "'", "a" * 5_000, "%00"])
def test_odd_searches_are_answered(bread: Framework, client: Client, words: str) -> None:
    for path in (bread.get_absolute_url(), LIST):
        assert client.get(f"{path}?q={words}").status_code == 200


def test_a_type_narrows_the_tree(take: Take, client: Client) -> None:
    row = framework_of(take, fixture())

    assert "3 of 27 competencies found." in body(client, f"{row.get_absolute_url()}?type=Domain")


def test_statements_come_in_the_readers_language_where_given(take: Take, client: Client) -> None:
    row = framework_of(take, fixture())

    german = body(client, row.get_absolute_url(), **{"accept-language": "de"})
    arabic = body(client, row.get_absolute_url(), **{"accept-language": "ar"})

    assert 'lang="de" dir="ltr">Plant, welche Daten' in re.sub(r"<p>", "", german)
    assert 'lang="ar" dir="rtl"><p>يخطط للبيانات' in arabic
    assert 'lang="en" dir="ltr"><p>Writes queries that combine' in arabic
    assert "Plans which data" not in german


def test_translations_have_no_place_of_their_own_in_the_tree(take: Take, client: Client) -> None:
    row = framework_of(take, fixture())

    html = body(client, row.get_absolute_url())

    assert "27 competencies" in html
    assert "Plant, welche Daten" not in html


def test_a_translated_page_keeps_the_original_at_hand(take: Take, client: Client) -> None:
    row = framework_of(take, fixture()).competencies.get(code="ADC.D1", language="en")

    html = body(client, row.get_absolute_url(), **{"accept-language": "de"})

    assert "Ursprünglicher Wortlaut" in html
    assert "Plans which data" in html
    assert '<h1 class="competency-title" lang="de" dir="ltr">' in html  # what is read aloud, and which way it runs


def test_a_frameworks_title_says_its_language(take: Take, client: Client) -> None:
    row = framework_of(take, fixture())

    assert '<h1 lang="en" dir="ltr">' in body(client, row.get_absolute_url())


def test_a_translation_can_be_searched_for(take: Take, client: Client) -> None:
    row = framework_of(take, fixture())

    assert "1 of 27 competencies found." in body(client, f"{row.get_absolute_url()}?q=Lagemaße")


def test_a_competencys_page_says_where_it_stands_and_what_it_leads_to(take: Take, client: Client) -> None:
    row = framework_of(take, fixture()).competencies.get(code="ADC.D3", language="en")

    html = body(client, row.get_absolute_url())

    for words in ("Clean a data set", "Comes after", "Comes before", "What counts as showing it", "Lakeside scale"):
        assert words in html
    assert html.index(">Frameworks<") < html.index("Applied Data and Digital Care") < html.index(">D</a>")


def test_ends_elsewhere_are_shown_and_linked_when_they_are_here_and_public(take: Take, client: Client) -> None:
    first = framework_of(take, package(item("a"), edges=[edge("isRelatedTo", "a", "b")]))
    page = first.competencies.get().get_absolute_url()
    assert "https://source.example/ims/case/v1p1/b" in body(client, page)
    second = framework_of(
        take, package(item("b"), document={"identifier": guid("other"), "title": "Other"}), publish=False
    )
    b = second.competencies.get()
    assert b.get_absolute_url() not in body(client, page)

    take(package(item("b"), document={"identifier": guid("other"), "title": "Other"}), publish=True)

    assert b.get_absolute_url() in body(client, page)


def test_a_retired_competency_keeps_its_page(take: Take, bread: Framework, knead: Competency, client: Client) -> None:
    tree = small()
    del tree["CFItems"][1]
    tree["CFAssociations"] = []
    take(tree)

    assert "Retired" in body(client, knead.get_absolute_url())


def test_the_page_shows_the_current_revision(knead: Competency, client: Client) -> None:
    revise_competency(knead, statement="Kneads **well**.", criteria="Ten loaves.", scale=None, reason="", at=LONG_AGO)

    html = body(client, knead.get_absolute_url())

    assert "Kneads <strong>well</strong>." in html
    assert "Ten loaves." in html


def test_hostile_statements_are_harmless_everywhere(take: Take, client: Client) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    tree = package(
        item("root", hostile, humanCodingScheme=hostile, notes=hostile, CFItemType=hostile, language=hostile[:90]),
        item("child", hostile, abbreviatedStatement=hostile),
        edges=[
            edge("isChildOf", "child", "root"),
            edge("isRelatedTo", "child", "out", destinationNodeURI={"uri": "javascript:alert(1)"}),
        ],
        document={"title": hostile, "description": hostile, "publisher": hostile, "language": '"><script>'},
    )
    row = framework_of(take, tree)

    pages = [LIST, row.get_absolute_url(), *(each.get_absolute_url() for each in row.competencies.all())]

    for page in pages:
        html = body(client, page)
        assert "<script>alert" not in html
        assert "<img" not in html
        assert 'href="javascript' not in html


def test_a_deep_link_opens_the_way_to_its_item(take: Take, client: Client) -> None:
    names = [f"item {number:03}" for number in range(80)]
    deep = [
        edge("isChildOf", "item 079", "item 078"),
        edge("isChildOf", "item 078", "item 077"),
        edge("isChildOf", "item 077", "item 076"),
    ]
    row = framework_of(take, package(*map(item, names), edges=deep))
    target = row.competencies.get(code="item 079")

    closed, opened = (
        body(client, row.get_absolute_url()),
        body(client, f"{row.get_absolute_url()}?open={target.public_id}"),
    )

    assert (len(re.findall(r"<details\s+open", closed)), len(re.findall(r"<details\s+open", opened))) == (1, 3)


def test_the_list_goes_on_from_page_to_page(take: Take, client: Client) -> None:
    for number in range(33):
        framework_of(take, package(document={"identifier": guid(str(number)), "title": f"Framework {number:02}"}))

    first = body(client, LIST)
    (following,) = re.findall(r'href="(\?[^"]+)" rel="next"', first)
    second = body(client, LIST + following.replace("&amp;", "&"))

    assert ("Framework 00" in first, "Framework 32" in first) == (True, False)
    assert ("Framework 00" in second, "Framework 32" in second) == (False, True)


def test_the_framework_is_reached_from_the_header(client: Client) -> None:
    assert f'href="{reverse("competencies:frameworks")}"' in body(client, LIST)


def test_the_list_counts_what_the_tree_shows(take: Take, client: Client) -> None:
    framework_of(take, fixture())

    assert "27 competencies" in body(client, LIST)


def test_what_a_competency_leads_to_is_said_in_the_readers_language_too(take: Take, client: Client) -> None:
    row = framework_of(take, fixture()).competencies.get(code="ADC.D1", language="en")

    assert "Dokumentiert Messwerte" in body(client, row.get_absolute_url(), **{"accept-language": "de"})
