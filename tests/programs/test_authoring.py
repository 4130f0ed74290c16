"""The authoring page: every act is a plain form, the list and the picture say the same, faults stand where they are."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions.approvals import decide_approval
from accounts.models import Organization, Role, User
from assessments.mastery.actions.policies import make_policy
from assessments.models import Assessment
from competencies.models import Competency, Framework, ProficiencyScale
from programs.audit.queries.trees import tree_of
from programs.curriculum.actions.authoring import make_draft
from programs.curriculum.actions.publishing import ask_to_replace, replacement_digest
from programs.decisions.actions import save_milestone
from programs.models import ProgramStaff, ProgramVersion, Requirement
from tests.assessments.places import MONDAY, policy_json
from tests.programs.places import draft_of, root_of
from tests.recipes import LONG_AGO, make_staff, signed_in_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(registrar: User) -> Client:
    return signed_in_client(registrar)


@pytest.fixture
def framework(baking: Framework) -> Framework:
    baking.published_at = LONG_AGO
    baking.save()
    return baking


def place(version: ProgramVersion, act: str = "tree", *values: Any) -> str:
    return reverse(f"admin:programs_programversion_{act}", args=[version.pk, *values])


def drawn_in(box: str) -> list[str]:
    """The title of a box and what it asks for, its lines put together."""
    return [" ".join(re.findall(rf'<tspan class="picture-{kind}"[^>]*>([^<]+)<', box)) for kind in ("title", "asks")]


def below(version: ProgramVersion) -> list[str]:
    return [node.title for node in tree_of(version).children]


def test_competencies_are_looked_for_and_added_in_one_go(
    desk: Client, school: Organization, practice: Assessment, framework: Framework, knead: Competency, bake: Competency
) -> None:
    draft = draft_of(school, "Bread")
    address = place(draft, "tree_pick", "r1")

    found = desk.post(address, {"q": "knead", "look": "1"}).text
    assert (str(knead.public_id) in found, str(bake.public_id) in found) == (True, False)
    assert desk.post(address, {"q": "", "add": "1"}).status_code == 422
    done = desk.post(address, {"chosen": [knead.public_id, bake.public_id], "credits": "2.5", "add": "1"})

    assert done.headers["Location"] == f"{place(draft)}#node-r1"
    assert [(node.title, node.nominal) for node in tree_of(draft).children] == [("knead", 250), ("bake", 250)]


def test_parts_are_moved_nested_changed_and_removed_by_plain_forms(desk: Client, draft: ProgramVersion) -> None:
    knead, bake = root_of(draft).children.order_by("sequence")

    desk.post(place(draft, "tree_move", bake.key), {"way": "up"})
    desk.post(place(draft, "tree_move", bake.key), {"way": "up"})
    assert below(draft) == ["bake", "knead"]
    desk.post(place(draft, "tree_nest", knead.key), {"title": "Basics", "kind_of_group": "choose", "choose_count": "1"})
    group = Requirement.objects.get(title="Basics")
    desk.post(place(draft, "tree_move", bake.key), {"parent": group.key})
    assert [(node.title, node.n) for node in tree_of(draft).walk()] == [
        ("Bread", 0),
        ("Basics", 1),
        ("knead", 0),
        ("bake", 0),
    ]
    confirmation = desk.get(place(draft, "tree_remove", group.key)).text
    assert "“Basics” is removed, and 2 requirements below it:" in confirmation
    desk.post(place(draft, "tree_remove", group.key))

    assert below(draft) == []


def test_a_requirement_is_qualified_in_the_words_of_a_form(
    desk: Client, draft: ProgramVersion, knead: Competency
) -> None:
    root = root_of(draft)
    leaf = root.children.get(competency=knead)
    level = knead.revisions.get().scale.levels.get(rank=3)  # type: ignore[union-attr]  # it has one
    desk.post(
        place(draft, "tree_edit", leaf.key), {"level": level.pk, "credits": "3", "title": "", "within_days": "365"}
    )
    desk.post(
        place(draft, "tree_edit", "r1"),
        {
            "title": "Bread",
            "kind_of_group": "all",
            "credits_least": "3",
            "earned_here": "1.5",
            "most_transfer": "1",
        },
    )

    page = desk.get(place(draft)).text
    for sentence in (
        "Demonstrate it at Proficient or above",
        "Worth 3 credits",
        "Work of the last 365 days counts",
        "At least 3 credits from these",
        "At least 1.5 credits earned here",
        "At most 1 credit by transfer",
    ):
        assert sentence in page
    form = desk.get(place(draft, "tree_edit", leaf.key)).text
    assert re.search(r'name="within_days" value="365"', form)


def test_programs_milestones_and_quantities_are_added(
    desk: Client, school: Organization, bread: ProgramVersion
) -> None:
    draft = draft_of(school, "Diploma")
    briefing = save_milestone(None, title="Safety", unit="", at=MONDAY)
    practice = save_milestone(None, title="Practice", unit="hours", at=MONDAY)

    desk.post(place(draft, "tree_add", "r1", "program"), {"nested_version": bread.pk, "credits": "6", "title": ""})
    desk.post(place(draft, "tree_add", "r1", "milestone"), {"milestone": briefing.pk, "title": ""})
    desk.post(
        place(draft, "tree_add", "r1", "quantity"), {"milestone": practice.pk, "quantity_least": "80", "title": ""}
    )
    desk.post(place(draft, "tree_add", "r1", "credits"), {"credits_least": "4", "title": "Electives"})

    page = desk.get(place(draft)).text
    assert below(draft) == ["Bread", "Safety", "Practice", "Electives"]
    assert "Complete this program (version 1)" in page
    assert "Reach at least 80 hours" in page
    assert "Earn at least 4 credits from anything that is worth credit" in page


def test_the_list_and_the_picture_say_the_same(desk: Client, school: Organization, bread: ProgramVersion) -> None:
    draft = draft_of(school, "Diploma")
    desk.post(place(draft, "tree_add", "r1", "program"), {"nested_version": bread.pk, "credits": "6", "title": ""})
    desk.post(
        place(draft, "tree_add", "r1", "group"), {"title": "Seldom", "kind_of_group": "choose", "choose_count": 1}
    )

    page = desk.get(place(draft)).text

    words, drawings = page.split('id="as-picture"')
    listed = re.findall(r'class="tree-(?:title|asks)"[^>]*>([^<]+)<', words)
    wide, narrow = re.findall(r"<svg class=\"picture .*?</svg>", drawings, re.DOTALL)
    assert len(listed) == 2 * 5
    for drawing in (wide, narrow):
        assert [words for box in drawing.split('<g class="picture-box')[1:] for words in drawn_in(box)] == listed


def test_faults_stand_beside_their_requirement_and_block_publishing(
    desk: Client, school: Organization, baking: Framework, practice: Assessment
) -> None:
    draft = draft_of(school, "Bread")
    desk.post(
        place(draft, "tree_add", "r1", "group"), {"title": "Basics", "kind_of_group": "choose", "choose_count": 2}
    )

    page = desk.get(place(draft)).text

    assert "1 thing to correct before it can be published" in page
    at_the_node = page.split('id="node-r2"')[1].split("</li>")[0]
    assert "The group is empty." in at_the_node
    assert reverse("admin:programs_programversion_publish", args=[draft.pk]) not in page


def test_a_published_version_is_shown_and_takes_no_form(desk: Client, bread: ProgramVersion) -> None:
    leaf = root_of(bread).children.order_by("sequence")[0]
    before = list(Requirement.objects.filter(version=bread).order_by("pk").values())

    page = desk.get(place(bread)).text
    answers = [
        desk.post(place(bread, act, *values), {"way": "down", "title": "x", "kind_of_group": "all"}, follow=True).text
        for act, *values in (
            ("tree_edit", leaf.key),
            ("tree_move", leaf.key),
            ("tree_nest", leaf.key),
            ("tree_remove", leaf.key),
            ("tree_pick", "r1"),
            ("tree_add", "r1", "group"),
        )
    ]

    assert "It never changes" in page
    assert '<form class="tree-' not in page
    assert all("This version is in force and never changes: make a new draft." in answer for answer in answers)
    assert list(Requirement.objects.filter(version=bread).order_by("pk").values()) == before


def test_an_act_by_htmx_sends_the_part_that_changed_and_says_so(desk: Client, draft: ProgramVersion) -> None:
    bake = root_of(draft).children.order_by("sequence")[1]

    part = desk.post(place(draft, "tree_move", bake.key), {"way": "up"}, headers={"HX-Request": "true"}).text

    assert part.strip().startswith('<div class="workbench" id="workbench">')
    assert '<p class="quiet" role="status">“bake” moved.</p>' in part


def test_only_other_programs_in_force_can_be_stacked(
    desk: Client, school: Organization, bread: ProgramVersion, registrar: User
) -> None:
    again = make_draft(bread.program, based_on=bread, by=registrar, at=MONDAY)
    draft_of(school, "Cake")

    own = desk.get(place(again, "tree_add", "r1", "program")).text
    other = desk.get(place(draft_of(school, "Tart"), "tree_add", "r1", "program")).text

    assert ("Bread (" in own, "Cake (" in other, "Bread (" in other) == (False, False, True)


def test_a_draft_that_follows_another_is_published_after_approval_of_what_it_says(
    desk: Client, bread: ProgramVersion, registrar: User
) -> None:
    again = make_draft(bread.program, based_on=bread, by=registrar, at=MONDAY)
    publish = reverse("admin:programs_programversion_publish", args=[again.pk])

    before = desk.get(place(again)).text
    approval = ask_to_replace(again, by=registrar, reason="A new year.", at=MONDAY)
    waiting = desk.get(place(again)).text
    decide_approval(approval, approved=True, digest=replacement_digest(again), by=make_staff(Role.REGISTRAR), at=MONDAY)
    approved = desk.get(place(again)).text
    desk.post(place(again, "tree_move", "r3"), {"way": "up"})
    changed = desk.get(place(again)).text

    assert [publish in page for page in (before, waiting, approved, changed)] == [False, False, True, False]
    assert "Version 1 is in force. Another registrar has to approve that this one follows it." in before
    assert "it waits for a decision" in waiting
    assert "What was approved has been changed since." in changed


def test_a_designer_writes_only_the_programs_they_are_named_for_and_publishes_none(
    school: Organization, draft: ProgramVersion
) -> None:
    designer = make_staff(Role.CURRICULUM_DESIGNER)
    client = signed_in_client(designer)

    page = client.get(place(draft)).text
    assert ("A registrar publishes it." in page, "do/publish/" in page) == (True, False)
    ProgramStaff.objects.create(user=designer, program=draft_of(school, "Cake").program, starts_at=LONG_AGO)

    assert client.get(place(draft)).status_code == 404
    assert client.post(place(draft, "tree_move", "r3"), {"way": "up"}).status_code == 404
    assert below(draft) == ["knead", "bake"]


def test_a_draft_says_which_policy_decides_and_where_it_was_chosen(
    desk: Client, draft: ProgramVersion, craft: ProficiencyScale
) -> None:
    policy = make_policy("Twice", definition=policy_json(craft, level=4), by=None, at=MONDAY)

    nobodys = desk.get(place(draft)).text
    desk.post(
        reverse("admin:programs_programversion_choose_policy", args=[draft.pk]),
        {"scale": craft.pk, "policy_version": policy.pk},
    )
    chosen = desk.get(place(draft)).text

    assert "Demonstrate it at Proficient or above" in nobodys
    assert "Decided as Cairn does where nobody has chosen a policy" in nobodys
    assert "Demonstrate it at Advanced or above" in chosen
    assert "Decided by the policy “Twice”, chosen at: this program version" in chosen


def test_the_page_asks_as_often_for_one_requirement_as_for_three(
    desk: Client, school: Organization, practice: Assessment, knead: Competency, bake: Competency
) -> None:
    one, three = draft_of(school, "Dough", knead), draft_of(school, "Bread", knead, bake, knead)
    desk.get(place(one))
    counts = []
    for version in (one, three):
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(place(version)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
