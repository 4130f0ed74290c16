"""Large frameworks: every page stays light, every item is reached by plain links, branches are loaded in place."""

import random
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from competencies.models import Competency, Framework
from competencies.queries import neighbourhood_of, references_of, statements_of, tree_of
from tests.competencies.conftest import Take
from tests.competencies.packages import edge, guid, item, large, nested, package, small
from tests.recipes import make_staff, signed_in_client

pytestmark = pytest.mark.django_db
MOST_BYTES = 100_000
HTMX = {"HX-Request": "true"}


def framework_of(take: Take, tree: Any, **options: Any) -> Framework:
    report = take(tree, **{"publish": True, **options})
    row: Framework = Framework.objects.get(public_id=report.framework_id)
    return row


def branch_url(row: Competency) -> str:
    return reverse("competencies:branch", args=[row.framework.public_id, row.public_id])


def body(client: Client, path: str, **headers: str) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == 200, path
    return str(response.content.decode())


def links_in(html: str) -> set[str]:
    return {found.replace("&amp;", "&") for found in re.findall(r'href="(/frameworks/[^"#]+)', html)}


def anchors_in(html: str) -> list[str]:
    return re.findall(r'<li class="node[^"]*" id="([0-9a-f-]{36})"', html)


def wordy(count: int) -> Any:
    """A flat framework of long statements in Arabic, which take two bytes a letter."""
    tree = large(count)
    for place, each in enumerate(tree["CFItems"]):
        each["fullStatement"] = f"{place} " + "يخطط للبيانات ويشرحها لزملائه **بوضوح**. " * 40
    return tree


SHAPES = {
    "nested": nested(600),
    "below one root": large(400),
    "all at the top": package(*(item(f"item {number:04}") for number in range(400))),
    "long statements": wordy(150),
    "a chain": package(
        *(item(f"item {number:04}") for number in range(200)),
        edges=[edge("isChildOf", f"item {number:04}", f"item {number - 1:04}") for number in range(1, 200)],
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_no_page_of_a_large_framework_is_heavy(take: Take, client: Client, shape: str) -> None:
    row = framework_of(take, SHAPES[shape])
    last = row.competencies.order_by("-position")[0]
    top = row.competencies.order_by("position")[0]
    framework = row.get_absolute_url()
    places = [
        framework,
        f"{framework}?open={last.public_id}",
        f"{framework}?q=a",
        f"{framework}?q=1",
        branch_url(top),
        f"{branch_url(top)}?from=80",
        top.get_absolute_url(),
        last.get_absolute_url(),
    ]

    sizes = {place: len(client.get(place).content) for place in places}

    assert {place: size for place, size in sizes.items() if size > MOST_BYTES} == {}


@pytest.mark.parametrize("shape", ["nested", "below one root", "all at the top", "a chain"])
def test_plain_links_lead_to_every_item(take: Take, client: Client, shape: str) -> None:
    row = framework_of(take, SHAPES[shape])
    start = row.get_absolute_url()
    seen, waiting, found = {start}, [start], set[str]()
    while waiting:
        html = body(client, waiting.pop())
        found |= set(anchors_in(html))
        fresh = {link for link in links_in(html) if "/branches/" in link or "?from=" in link} - seen
        seen |= fresh
        waiting += fresh

    assert found == {str(name) for name in row.competencies.values_list("public_id", flat=True)}


def test_the_whole_framework_can_still_be_had_on_one_page(take: Take, client: Client) -> None:
    row = framework_of(take, nested(200))
    assert 'href="?whole=1" rel="nofollow"' in body(client, row.get_absolute_url())

    html = body(client, f"{row.get_absolute_url()}?whole=1")

    assert len(anchors_in(html)) == 200
    assert 'href="?whole=1"' not in html


def test_a_small_framework_is_shown_whole(take: Take, client: Client) -> None:
    html = body(client, framework_of(take, nested(100)).get_absolute_url())

    assert (len(anchors_in(html)), "node-folded" in html) == (100, False)


def test_few_items_that_say_much_are_folded_too(take: Take, client: Client) -> None:
    html = body(client, framework_of(take, wordy(150)).get_absolute_url())

    assert "Show 81 to 150 of 150" in html


def test_upper_levels_are_shown_and_the_rest_is_folded(take: Take, client: Client) -> None:
    html = body(client, framework_of(take, nested(1_000)).get_absolute_url())

    # 1 + 7 + 49 items fit on a page, the next 343 do not.
    assert len(anchors_in(html)) == 57
    assert html.count("node-folded") == 49
    assert html.count("<ul") == html.count("</ul>")
    assert len(re.findall("<li[ >]", html)) == html.count("</li>")


def test_a_folded_branch_is_a_link_with_and_without_script(take: Take, client: Client) -> None:
    row = framework_of(take, nested(1_000))
    folded = row.competencies.get(code="item 0008")
    html = body(client, row.get_absolute_url())

    address = branch_url(folded)

    assert f'id="fold-{folded.public_id}" href="{address}" hx-get="{address}"' in html


def test_a_branch_is_loaded_with_its_own_line_open(take: Take, client: Client) -> None:
    row = framework_of(take, nested(1_000))
    folded = row.competencies.get(code="item 0008")

    answer = client.get(branch_url(folded), headers=HTMX)
    html = answer.content.decode()

    assert "HX-Request" in answer["Vary"]
    assert "<html" not in html
    assert html.strip().startswith(f'<li class="node" id="{folded.public_id}"><details open>')
    assert f'<summary id="fold-{folded.public_id}">' in html
    # Item 8 of a tree of sevens has the items 57 to 63 below it, and those have seven each.
    assert len(anchors_in(html)) == 1 + 7 + 49
    assert html.count("<li") == html.count("</li>")


def test_a_long_list_goes_on_where_it_was_cut(take: Take, client: Client) -> None:
    row = framework_of(take, large(200))
    root = row.competencies.get(code="root")
    html = body(client, row.get_absolute_url())
    assert "Show 81 to 160 of 200" in html

    loaded = body(client, f"{branch_url(root)}?from=80", **HTMX)
    page = body(client, f"{branch_url(root)}?from=80")

    assert f'id="part-{root.public_id}-80" tabindex="-1">81 to 160 of 200<' in loaded
    assert anchors_in(loaded) == anchors_in(page)
    assert (len(anchors_in(loaded)), "Show 161 to 200 of 200" in loaded) == (80, True)
    assert ("Show 1 to 80 of 200" in loaded, "Show 1 to 80 of 200" in page) == (False, True)
    assert '<h1 class="competency-title" dir="auto">' in page  # the framework names no language


def test_what_was_found_comes_page_by_page(take: Take, client: Client) -> None:
    row = framework_of(take, nested(1_000))
    path, found = f"{row.get_absolute_url()}?q=colleague", []

    while path:
        html = body(client, path)
        assert "1,000 of 1,000 competencies found." in html
        found += re.findall(r'class="node[^"]* node-found" id="([^"]+)"', html)
        following = re.findall(r'href="(\?[^"]+)" rel="next"', html)
        path = row.get_absolute_url() + following[0].replace("&amp;", "&") if following else ""

    assert len(found) == len(set(found)) == 1_000


@pytest.mark.parametrize("asked", ["-1", "x", "9" * 40, "²", "5000", ""])
def test_odd_places_in_a_list_are_answered(take: Take, client: Client, asked: str) -> None:
    row = framework_of(take, large(200))
    root = row.competencies.get(code="root")

    for place in (row.get_absolute_url(), branch_url(root)):
        for headers in ({}, HTMX):
            assert client.get(place, {"from": asked}, headers=headers).status_code == 200


def test_a_deep_link_shows_its_item_among_its_siblings(take: Take, client: Client) -> None:
    row = framework_of(take, large(1_000))
    target = row.competencies.get(code="item 0700")

    html = body(client, f"{row.get_absolute_url()}?open={target.public_id}")

    assert str(target.public_id) in anchors_in(html)
    assert len(anchors_in(html)) < 81


@pytest.mark.parametrize("count", [100, 1_000])
def test_a_branch_takes_five_queries_whatever_its_size(
    take: Take, client: Client, count: int, django_assert_num_queries: Any
) -> None:
    root = framework_of(take, large(count)).competencies.get(code="root")

    with django_assert_num_queries(5):
        client.get(branch_url(root))


def test_branches_are_seen_by_those_who_see_the_framework(take: Take, client: Client) -> None:
    row = framework_of(take, small(), publish=False)
    root = row.competencies.get(code="root")

    designer = signed_in_client(make_staff(Role.CURRICULUM_DESIGNER))

    assert [client.get(branch_url(root), headers=headers).status_code for headers in ({}, HTMX)] == [404, 404]
    assert "only staff see this page" in body(designer, branch_url(root))


def test_retired_items_and_strangers_have_no_branch(take: Take, client: Client, bread: Framework) -> None:
    knead = bread.competencies.get(code="knead")
    tree = small()
    del tree["CFItems"][1]
    tree["CFAssociations"] = []
    take(tree)
    nobody = reverse("competencies:branch", args=[bread.public_id, bread.public_id])

    assert [client.get(path).status_code for path in (branch_url(knead), nobody)] == [404, 404]


@pytest.mark.parametrize("count", [50, 500])
def test_a_competencys_page_reads_its_relatives_alone(
    take: Take, client: Client, count: int, django_assert_num_queries: Any
) -> None:
    row = framework_of(take, nested(count))
    inner = row.competencies.get(code="item 0006")

    with django_assert_num_queries(5):
        html = body(client, inner.get_absolute_url())

    assert len(re.findall(r'href="[^"]*/items/', html)) == 1 + 7  # its parent and its children


def tangled(seed: int) -> Any:
    """A framework in which items have several parents or none, translations, and numbers in any order."""
    draw = random.Random(seed)  # noqa: S311 - a drawing, not a secret
    names = [f"item {number:02}" for number in range(24)]
    edges = [
        edge("isChildOf", name, parent, **({"sequenceNumber": draw.randint(0, 3)} if draw.random() < 0.6 else {}))
        for place, name in enumerate(names)
        for parent in draw.sample(["document", *names[:place]], k=min(draw.randint(0, 3), place + 1))
    ]
    spoken = draw.sample(names, k=4)
    translations = [edge("isTranslationOf", f"german {name}", name) for name in spoken]
    below = [edge("isChildOf", f"german {name}", draw.choice(names)) for name in spoken]
    related = [edge("isRelatedTo", *draw.sample(names, k=2)) for _ in range(6)]
    made = [item(name) for name in names] + [item(f"german {name}", f"Kann {name}.", language="de") for name in spoken]
    draw.shuffle(made)
    unique = {each["identifier"]: each for each in [*edges, *translations, *below, *related]}
    document = {"identifier": guid(f"tangled {seed}"), "language": "en"}
    for each in unique.values():
        if each["destinationNodeURI"]["identifier"] == guid("document"):
            each["destinationNodeURI"] = {**each["destinationNodeURI"], "identifier": document["identifier"]}
    return package(*made, edges=list(unique.values()), document=document)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_competency_stands_where_the_tree_has_it(take: Take, seed: int, language: str) -> None:
    row = framework_of(take, tangled(seed))
    row.competencies.filter(code__in=["item 03", "item 11"]).update(retired_at="2026-01-01T00:00Z")
    tree = tree_of(row)
    everything = statements_of(tree, tree.item_types.keys(), language=language)

    for each in row.competencies.select_related("framework"):
        around = neighbourhood_of(
            each, language=language, references=references_of(each, include_unpublished=True), max_children=60
        )
        below = tree.nodes[each.pk].children if each.pk in tree.nodes else ()
        assert tuple(above.row.pk for above in around.path) == tree.path_to(each.pk)
        assert [child.row.pk for child in around.children] == [node.key for node in below]
        assert around.child_count == len(below)
        assert {key: text.text for key, text in around.statements.items()} == {
            key: everything[key].text for key in around.statements
        }
        assert (each.pk in around.statements) == (each.pk in tree.item_types)
