"""The pages of the new rules: each is a plain form in words, and the tree says afterwards what was decided."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Learner, Organization, OrganizationKind, Role, User
from assessments.models import Assessment
from competencies.models import Competency, Framework
from programs.audit.queries.trees import tree_of
from programs.curriculum.actions.authoring import Node, save_requirement, set_sharing
from programs.curriculum.actions.publishing import publish_version
from programs.enrollment.actions.enrolling import enroll
from programs.models import Program, ProgramVersion, Requirement, RequirementKind, Sharing
from tests.assessments.places import MONDAY, TUESDAY, show
from tests.programs.places import draft_of, root_of
from tests.programs.test_curriculum_rules import START, overlapping_before
from tests.recipes import LONG_AGO, assignment, institution, make_staff, make_user, signed_in_client

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


def electives(desk: Client, draft: ProgramVersion, **fields: str) -> Requirement:
    desk.post(place(draft, "tree_add", "r1", "credits"), {"credits_least": "3", "title": "Electives", **fields})
    return draft.requirements.get(title="Electives")


def test_the_author_is_asked_about_sharing_and_answers_on_the_form(desk: Client, draft: ProgramVersion) -> None:
    electives(desk, draft)
    asked = desk.get(place(draft)).text

    desk.post(
        place(draft, "tree_edit", "r1"), {"title": "Bread", "kind_of_group": "all", "sharing": Sharing.EXCLUSIVE.value}
    )

    said = desk.get(place(draft)).text
    question = "One piece of study could count toward several of these parts: knead, bake, Electives."
    assert (question in asked, "each piece counts toward one part only" in asked) == (True, True)
    assert (question in said, "Each piece of study counts toward one of these only" in said) == (False, True)
    assert root_of(draft).sharing == Sharing.EXCLUSIVE


def test_free_credits_say_where_no_competency_brings_any(desk: Client, draft: ProgramVersion) -> None:
    electives(desk, draft)
    words = "No competency is worth credit here: only credit transfer fills it"

    before = words in desk.get(place(draft)).text
    answer = desk.post(reverse("admin:programs_programversion_credit", args=[draft.pk]), {"code": "", "worth": "3"})

    assert (before, answer.status_code, words in desk.get(place(draft)).text) == (True, 302, False)
    page = desk.get(reverse("admin:programs_programversion_change", args=[draft.pk])).text
    assert "all others: 3 credits" in page


def test_the_credit_of_a_competency_is_set_by_its_code(
    desk: Client, draft: ProgramVersion, framework: Framework, knead: Competency
) -> None:
    address = reverse("admin:programs_programversion_credit", args=[draft.pk])

    unknown = desk.post(address, {"code": "nothing", "worth": "3"})
    desk.post(address, {"code": "KNEAD", "worth": "2.5"})

    assert (unknown.status_code, "No published framework has a competency with this code." in unknown.text) == (
        422,
        True,
    )
    assert [(row.competency, str(row.credits)) for row in draft.credit_table.all()] == [(knead, "2.50")]
    desk.post(address, {"code": "knead", "worth": ""})
    assert not draft.credit_table.exists()


def test_a_framework_declares_what_its_competencies_bring(framework: Framework, school: Organization) -> None:
    client = signed_in_client(make_staff(Role.CURRICULUM_DESIGNER))
    address = reverse("admin:competencies_framework_credit", args=[framework.pk])

    refused = client.post(address, {"credit": "2", "unit": " ", "why": "The board said so."})
    client.post(address, {"credit": "2", "unit": "ECTS", "why": "The board said so."})

    framework.refresh_from_db()
    assert (refused.status_code, str(framework.default_credit), framework.default_credit_unit) == (422, "2.00", "ECTS")


def test_competencies_of_a_rule_are_ticked_by_name(
    desk: Client, draft: ProgramVersion, framework: Framework, knead: Competency, bake: Competency
) -> None:
    row = electives(desk, draft, min_pieces="2")
    both = [str(knead.public_id), str(bake.public_id)]

    desk.post(place(draft, "tree_list", row.key, "accepts"), {"chosen": both, "save": "1"})
    desk.post(place(draft, "tree_list", row.key, "excludes"), {"chosen": both[:1], "save": "1"})
    desk.post(
        place(draft, "tree_list", row.key, "at-most"), {"chosen": both, "most": "1", "unit": "count", "save": "1"}
    )

    page = desk.get(place(draft)).text
    for sentence in (
        "Earn at least 3 credits from: knead, bake",
        "At least 2 different competencies",
        "None of these: knead",
        "At most 1 of these: knead, bake",
    ):
        assert sentence in page
    form = desk.get(place(draft, "tree_list", row.key, "at-most-1")).text
    assert (form.count(" checked"), 'name="most" value="1"' in form) == (2, True)
    desk.post(place(draft, "tree_list", row.key, "at-most-1"), {"most": "1", "unit": "count", "save": "1"})
    desk.post(place(draft, "tree_edit", row.key), {"credits_least": "4", "title": "Electives"})
    row.refresh_from_db()
    assert row.qualifiers == {"accepts": both, "excludes": both[:1]}
    assert desk.get(place(draft, "tree_list", row.key, "at-most-1")).status_code == 404
    assert desk.get(place(draft, "tree_list", "r1", "accepts")).status_code == 404


def test_what_two_parts_share_is_limited_and_freed_again(desk: Client, draft: ProgramVersion) -> None:
    address = place(draft, "tree_share", "r1")

    refused = desk.post(address, {"first": "r2", "second": "r2", "most": "1", "unit": "count"})
    desk.post(address, {"first": "r2", "second": "r3", "most": "2.5", "unit": "credits"})
    said = "“knead” and “bake” share at most 2.5 credits"

    assert (refused.status_code, "Choose two different requirements." in refused.text) == (422, True)
    assert said in desk.get(place(draft)).text
    assert said in desk.get(address).text
    desk.post(address, {"first": "", "second": ""})
    assert tree_of(draft).share_caps == ()


def test_a_maximum_of_pieces_is_a_whole_number(
    desk: Client, draft: ProgramVersion, framework: Framework, knead: Competency
) -> None:
    row = electives(desk, draft)
    sentence = "Pieces of study are counted whole: enter a whole number, or choose credits."
    limit = {"most": "1.5", "unit": "count"}

    of_list = desk.post(
        place(draft, "tree_list", row.key, "at-most"), {"chosen": str(knead.public_id), "save": "1", **limit}
    )
    shared = desk.post(place(draft, "tree_share", "r1"), {"first": "r2", "second": "r3", **limit})

    assert [(it.status_code, sentence in it.text) for it in (of_list, shared)] == [(422, True)] * 2
    row.refresh_from_db()
    assert ("max_listed" in row.qualifiers, tree_of(draft).share_caps) == (False, ())


def test_a_condition_is_chosen_in_words(
    desk: Client, school: Organization, practice: Assessment, knead: Competency, bake: Competency
) -> None:
    draft = draft_of(school, "Bread", knead, bake)
    add = place(draft, "tree_add", "r1", "if")

    nothing = desk.post(add, {"asks": "admitted", "title": ""})
    desk.post(add, {"asks": "admitted", "day": "2026-09-01", "title": ""})
    group = draft.requirements.get(kind="if")
    for leaf in ("r2", "r3"):
        desk.post(place(draft, "tree_move", leaf), {"parent": group.key})

    assert (nothing.status_code, "Say the day." in nothing.text) == (422, True)
    page = desk.get(place(draft)).text
    assert "If the day of admission is Sept. 1, 2026 or later: “knead”; otherwise “bake”" in page
    desk.post(place(draft, "tree_edit", group.key), {"asks": "cohort", "cohorts": "Autumn\nSpring", "title": ""})
    assert "If the cohort is one of: “Autumn”, “Spring”: “knead”; otherwise “bake”" in desk.get(place(draft)).text
    desk.post(place(draft, "tree_edit", group.key), {"asks": "place", "places": [str(school.public_id)], "title": ""})
    assert f"If the place of study is {school.name}: “knead”" in desk.get(place(draft)).text
    assert " checked" in desk.get(place(draft, "tree_edit", group.key)).text


def test_what_meets_a_stacked_program_is_chosen(desk: Client, school: Organization, bread: ProgramVersion) -> None:
    draft = draft_of(school, "Diploma")

    desk.post(place(draft, "tree_add", "r1", "program"), {"nested_version": bread.pk, "title": "", "met_by": "tree"})

    assert "Met by its requirements, whether it was awarded or not" in desk.get(place(draft)).text
    assert draft.requirements.get(kind="program").met_by == "tree"


def test_a_learner_sees_the_part_that_a_condition_asks_of_them(
    school: Organization, practice: Assessment, ada: Learner, knead: Competency, bake: Competency, registrar: User,
    desk: Client,
) -> None:  # fmt: skip
    draft = draft_of(school, "Bread")
    later = {"fact": "admitted_on", "op": ">=", "values": ["2026-09-01"]}
    node = Node(kind=RequirementKind.IF, qualifiers={"condition": later})
    chosen = save_requirement(None, version=draft, parent=root_of(draft), node=node)
    for competency in (knead, bake):
        leaf = Node(kind=RequirementKind.COMPETENCY, competency=competency)
        save_requirement(None, version=draft, parent=chosen, node=leaf)
    studies = enroll(ada, version=publish_version(draft, by=None, at=MONDAY), on=START, by=registrar, at=MONDAY)

    page = desk.get(reverse("admin:programs_enrollment_change", args=[studies.pk])).text

    assert ("Demonstrate “bake”" in page, "Demonstrate “knead”" in page) == (True, False)


def test_the_report_of_an_earlier_version_names_learners_and_is_offered_there_only(
    school: Organization, practice: Assessment, ada: Learner, knead: Competency, bake: Competency, registrar: User,
    assessor: User, desk: Client, bread: ProgramVersion,
) -> None:  # fmt: skip
    version = overlapping_before(school, knead, bake)
    enroll(ada, version=version, on=START, by=registrar, at=MONDAY)
    show(ada, knead, 3, by=assessor, at=TUESDAY)
    report = place(version, "exclusivity")

    page = desk.get(report).text

    assert ada.learner_number in page or "Ada Lovelace" in page
    assert "1 enrollment compared." in page
    assert report in desk.get(reverse("admin:programs_programversion_change", args=[version.pk])).text
    assert desk.get(place(bread, "exclusivity")).status_code == 404
    designer = signed_in_client(make_staff(Role.CURRICULUM_DESIGNER))
    assert designer.get(report).status_code == 403
    # A branch reads what the institution awards, and compares its own learners alone.
    of_a_branch = make_user()
    assignment.make(user=of_a_branch, role=Role.REGISTRAR, organization=institution.make(name="East", parent=school))
    assert "0 enrollments compared." in signed_in_client(of_a_branch).get(report).text


def test_a_partner_is_not_offered_as_awarding(desk: Client, school: Organization) -> None:
    partner = institution.make(name="Acme", kind=OrganizationKind.PARTNER)
    add = reverse("admin:programs_program_add")

    offered = desk.get(add).text
    answer = desk.post(add, {"code": "AC", "title": "Acme's", "organization": partner.pk, "why": ""})

    assert ("Acme" in offered, answer.status_code, Program.objects.filter(code="AC").exists()) == (False, 200, False)


def test_the_page_asks_as_often_for_one_rule_as_for_three(
    desk: Client, school: Organization, framework: Framework
) -> None:
    draft = draft_of(school, "Bread")
    row = electives(desk, draft)
    set_sharing(root_of(draft), sharing=Sharing.SHARED)
    desk.get(place(draft))
    counts = []
    for number in (1, 3):
        while draft.requirements.filter(kind="credits").count() < number:
            electives_like(row)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(place(draft)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def electives_like(row: Requirement) -> None:
    """One more group of free credits beside this one."""
    node = Node(kind=RequirementKind.CREDITS, credits_least=row.credits_least, qualifiers=row.qualifiers)
    save_requirement(None, version=row.version, parent=row.parent, node=node)
