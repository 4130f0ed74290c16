"""The desk pages of programs: a registrar publishes, enrolls, pauses, records and sees an audit in words."""

import re
from datetime import date
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Learner, Organization, Role, User
from assessments.models import Assessment
from competencies.models import Competency
from programs.curriculum.actions.authoring import make_program
from programs.decisions.actions import save_milestone
from programs.enrollment.actions.cohorts import save_cohort
from programs.enrollment.actions.enrolling import enroll
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

    assert "1 thing to correct before it can be published" in page
    assert "The group is empty." in page.split('id="node-r1"')[1]


def test_people_are_enrolled_one_by_one_and_by_list(
    desk: Client, ada: Learner, grace: Learner, bread: ProgramVersion
) -> None:
    desk.post(verb("programversion", "enroll", bread), {"learner": ada.learner_number, "on": "2026-03-02"})
    assert Enrollment.objects.get().learner == ada

    address = verb("programversion", "enroll_list", bread)
    entered = {"text": f"{ada.learner_number}\n{grace.learner_number}\nnobody,soon", "on": "2026-03-02"}
    wrong = desk.post(address, {**entered, "sure": "on"})
    assert (wrong.status_code, Enrollment.objects.count()) == (422, 1)
    assert [cells(row) for row in rows_of(wrong.text)] == [
        ["3", "nobody", "—", "—", "“soon”: this is no date; write it as 2026-09-01. Column starts_on date_expected"],
        ["1", ada.learner_number, "Ada Lovelace", "March 2, 2026", "Is in already: nothing changes"],
        ["2", grace.learner_number, "Grace Hopper", "March 2, 2026", "In order"],
    ]
    entered["text"] = f"{ada.learner_number}\n{grace.learner_number},2026-03-03"
    shown = desk.post(address, entered)
    assert (shown.status_code, Enrollment.objects.count()) == (200, 1)
    assert "1 person will be enrolled. 1 is in already and stays as before." in plain(shown.text)
    assert cells(rows_of(shown.text)[1])[3:] == ["March 3, 2026", "Will be enrolled"]
    assert desk.post(address, {**entered, "sure": "on"}).status_code == 302
    assert Enrollment.objects.count() == 2
    assert "there is nothing to do" in desk.post(address, entered).text
    assert desk.post(address, {**entered, "sure": "on"}).status_code == 302
    assert Enrollment.objects.count() == 2


def test_a_list_comes_as_a_file_and_goes_into_a_cohort(desk: Client, ada: Learner, bread: ProgramVersion) -> None:
    spring = save_cohort(None, version=bread, title="Spring", starts_on=START, ends_on=None, by=None)
    address = verb("programversion", "enroll_list", bread)
    listed = f"learner_number;starts_on\n{ada.learner_number};2026-03-02\n".encode()

    both = {"file": SimpleUploadedFile("list.csv", listed), "text": "L-1", "on": "2026-03-02"}
    assert "leave out one of them" in desk.post(address, both).text
    wrong = SimpleUploadedFile("list.csv", b"\xff\xfe\x00")
    assert "save it as CSV UTF-8" in desk.post(address, {"file": wrong, "on": "2026-03-02"}).text
    file = SimpleUploadedFile("list.csv", listed)
    shown = desk.post(address, {"file": file, "on": "2026-03-02", "cohort": spring.pk}).text
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown.split("Line by line")[-1]))
    desk.post(address, kept)

    assert Enrollment.objects.get().cohort == spring


def plain(page: str) -> str:
    """The words of a page, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def rows_of(page: str) -> list[str]:
    """The rows of the preview."""
    return re.findall(r"<tr class=\"enrolling-.*?</tr>", page, re.DOTALL)


def cells(row: str) -> list[str]:
    return [plain(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]


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

    assert "50 % completed" in page
    assert "Level reached: Proficient" in page
    counts, left = page.split("What counts toward what")[1], page.split("What would complete it")[1]
    assert "knead · Can knead: Proficient, Feb. 10, 2026 for knead" in plain(counts.split("</section>")[0])
    assert "Demonstrate “bake”" in left.split("</section>")[0]


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
            "without_level": "on",
            "achieved_on": "2026-03-02",
            "words": "A bakery.",
            "why": "",
        },
    )
    desk.post(
        verb("enrollment", "grant", studies),
        {"kind": "waive", "node": "r3", "words": "Years of work.", "reason": "experience"},
    )

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


def test_lists_about_learners_name_them(desk: Client, studies: Enrollment) -> None:
    page = plain(desk.get(reverse("admin:programs_enrollment_changelist")).text)

    assert f"Ada Lovelace {studies.learner.learner_number}" in page


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


def test_a_filter_that_the_database_would_refuse_is_left_out(registrar: User) -> None:
    desk = signed_in_client(registrar)

    for model in ("award", "programversion", "achievementversion"):
        answer = desk.get(reverse(f"admin:programs_{model}_changelist") + "?state=%00", follow=True)

        assert (answer.status_code, len(answer.redirect_chain)) == (HTTPStatus.OK, 1)
