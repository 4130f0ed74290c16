"""The desk pages of programs: a registrar publishes, enrolls, pauses, records and sees an audit in words."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Learner, Organization, Role, User
from assessments.models import Assessment
from competencies.models import Competency
from programs.actions import enroll, make_program, save_milestone
from programs.models import (
    Cohort,
    Enrollment,
    Milestone,
    MilestoneReached,
    Program,
    ProgramStaff,
    ProgramVersion,
    Progress,
    Recognition,
    RequirementException,
)
from tests.assessments.places import MONDAY, TUESDAY, show
from tests.programs.places import draft_of
from tests.recipes import LONG_AGO, make_staff, signed_in_client

pytestmark = pytest.mark.django_db

START = date(2026, 3, 2)
WHY = {"why": "The board asked for it."}


@pytest.fixture
def desk(registrar: User) -> Client:
    return signed_in_client(registrar)


@pytest.fixture
def studies(ada: Learner, bread: ProgramVersion, registrar: User) -> Enrollment:
    return enroll(ada, version=bread, on=START, by=registrar, at=MONDAY)


def verb(model: str, name: str, row: Any) -> str:
    return reverse(f"admin:programs_{model}_{name}", args=[row.pk])


def test_a_registrar_makes_a_program_and_publishes_it(
    desk: Client, school: Organization, draft: ProgramVersion
) -> None:
    made = desk.post(
        reverse("admin:programs_program_add"), {"code": "CK", "title": "Cake", "organization": school.pk, "why": ""}
    )
    assert (made.status_code, Program.objects.get(code="CK").versions.get().state) == (302, "draft")
    refused = desk.post(verb("programversion", "publish", Program.objects.get(code="CK").versions.get()), WHY)
    assert (refused.status_code, "The group is empty. Add parts to it, or remove it." in refused.text) == (422, True)

    done = desk.post(verb("programversion", "publish", draft), WHY)

    draft.refresh_from_db()
    assert (done.status_code, draft.state) == (302, "published")
    desk.post(verb("program", "new_draft", draft.program))
    assert draft.program.versions.drafts().get().requirements.count() == 3


def test_the_page_of_a_draft_shows_its_tree_and_what_to_mend(
    desk: Client, school: Organization, practice: Assessment
) -> None:
    page = desk.get(reverse("admin:programs_programversion_change", args=[draft_of(school, "Cake").pk])).text

    assert "r1 Cake: The group is empty. Add parts to it, or remove it." in page


def test_people_are_enrolled_one_by_one_and_by_list(
    desk: Client, ada: Learner, grace: Learner, bread: ProgramVersion
) -> None:
    desk.post(verb("programversion", "enroll", bread), {"learner": ada.learner_number, "on": "2026-03-02"})
    assert Enrollment.objects.get().learner == ada

    address = verb("programversion", "enroll_list", bread)
    said = {"text": f"{ada.learner_number}\n{grace.learner_number}\nnobody", "on": "2026-03-02"}
    wrong = desk.post(address, {**said, "sure": "on"}).text
    assert "Line 3, learner_number (nobody): no learner has this number" in wrong
    said["text"] = f"{ada.learner_number}\n{grace.learner_number}"
    assert "1 people will be enrolled, 1 are in already" in desk.post(address, said).text
    assert Enrollment.objects.count() == 1
    assert desk.post(address, {**said, "sure": "on"}).status_code == 302
    assert Enrollment.objects.count() == 2


def test_events_are_offered_when_they_can_follow(desk: Client, studies: Enrollment) -> None:
    event = {"on": "2026-03-10", "reason": "health", "words": "Asked by mail."}

    desk.post(verb("enrollment", "pause", studies), event)
    assert studies.events.order_by("-pk")[0].kind == "pause"
    desk.post(verb("enrollment", "pause", studies), event)
    desk.post(verb("enrollment", "resume", studies), {**event, "on": "2026-03-01"})
    assert studies.events.count() == 3

    desk.post(verb("enrollment", "correct", studies), {"event": studies.events.get(kind="pause").pk, "words": ""})
    assert studies.events.order_by("-pk")[0].kind == "correct"


def test_the_page_of_an_enrollment_shows_the_audit_in_words(
    desk: Client, studies: Enrollment, ada: Learner, knead: Competency, assessor: User
) -> None:
    show(ada, knead, 3, by=assessor, at=TUESDAY)

    page = desk.get(reverse("admin:programs_enrollment_change", args=[studies.pk])).text

    assert "Proficient reached, Proficient needed" in page
    assert "counts: knead" in page


def test_decisions_are_recorded_and_taken_back(
    desk: Client, studies: Enrollment, ada: Learner, knead: Competency
) -> None:
    milestone = save_milestone(None, title="Safety", unit="", at=MONDAY)
    number = ada.learner_number
    desk.post(
        reverse("admin:programs_milestonereached_add"),
        {"learner_number": number, "milestone": milestone.pk, "reached_on": "2026-03-02", "why": ""},
    )
    desk.post(
        reverse("admin:programs_recognition_add"),
        {
            "learner_number": number,
            "basis": "transfer",
            "competency": knead.pk,
            "achieved_on": "2026-03-02",
            "words": "A bakery.",
            "why": "",
        },
    )
    desk.post(verb("enrollment", "grant", studies), {"kind": "waive", "node": "r3", "words": "Years of work."})

    assert (MilestoneReached.objects.count(), Progress.objects.get().percent) == (1, 100)
    desk.post(verb("recognition", "take_back", Recognition.objects.get()))
    desk.post(verb("requirementexception", "take_back", RequirementException.objects.get()))
    assert Progress.objects.get().percent == 0


def test_cohorts_and_milestones_are_kept(desk: Client, bread: ProgramVersion) -> None:
    desk.post(
        reverse("admin:programs_cohort_add"),
        {"version": bread.pk, "title": "Autumn", "starts_on": "2026-09-01", "ends_on": "", "why": ""},
    )
    desk.post(reverse("admin:programs_milestone_add"), {"title": "Safety", "unit": "", "why": ""})

    assert (Cohort.objects.get().title, Milestone.objects.get().title) == ("Autumn", "Safety")


def test_who_is_named_for_programs_sees_only_these(school: Organization, bread: ProgramVersion) -> None:
    other = make_program("CK", title="Cake", organization=school, by=None, at=MONDAY)
    designer = make_staff(Role.CURRICULUM_DESIGNER)
    ProgramStaff.objects.create(user=designer, program=other, starts_at=LONG_AGO)
    client = signed_in_client(designer)

    assert client.get(reverse("admin:programs_program_change", args=[other.pk])).status_code == 200
    assert client.get(reverse("admin:programs_program_change", args=[bread.program_id])).status_code != 200
    assert client.get(reverse("admin:programs_enrollment_changelist")).status_code == 403


def test_the_list_of_enrollments_costs_the_same_for_one_row_and_two(
    desk: Client, studies: Enrollment, grace: Learner, bread: ProgramVersion, registrar: User
) -> None:
    address = reverse("admin:programs_enrollment_changelist")
    desk.get(address)
    counts = []
    for _turn in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address).status_code == 200
        counts.append(len(queries))
        if not Enrollment.objects.filter(learner=grace).exists():
            enroll(grace, version=bread, on=START, by=registrar, at=MONDAY)

    assert counts[0] == counts[1]
