"""At the desk exceptions, recognitions and milestones are chosen by name, and a second registrar approves by a page."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Learner, Organization, User
from competencies.models import Competency
from programs.decisions.actions import record_recognition
from programs.enrollment.actions.enrolling import enroll
from programs.models import (
    Enrollment,
    ExceptionBatch,
    Milestone,
    MilestoneReached,
    ProgramVersion,
    Progress,
    Recognition,
    RecognitionBasis,
    RequirementException,
)
from tests.assessments.places import MONDAY, level_of, new_scale
from tests.recipes import signed_in_client

pytestmark = pytest.mark.django_db

START = date(2026, 3, 2)
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


@pytest.fixture
def desk(registrar: User) -> Client:
    return signed_in_client(registrar)


@pytest.fixture
def studies(ada: Learner, bread: ProgramVersion, registrar: User) -> Enrollment:
    return enroll(ada, version=bread, on=START, by=registrar, at=MONDAY)


def place(model: str, verb: str, row: object) -> str:
    return reverse(f"admin:programs_{model}_{verb}", args=[row.pk])  # type: ignore[attr-defined]  # any row


def options(page: str, name: str) -> list[str]:
    select = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)
    return re.findall(r"<option[^>]*>([^<]*)</option>", select.group()) if select else []


def test_everything_is_chosen_by_name(
    desk: Client, ada: Learner, studies: Enrollment, bake: Competency, registrar: User
) -> None:
    record_recognition(
        ada, basis=RecognitionBasis.TRANSFER, achieved_on=START, competency=bake, level=level_of(bake, 3),
        by=registrar, at=MONDAY,
    )  # fmt: skip

    page = desk.get(place("enrollment", "grant", studies)).text

    assert options(page, "node") == ["---------", "Bread", "– knead", "– bake"]  # noqa: RUF001 - a dash
    assert [words.partition(":")[0] for words in options(page, "attainment")] == ["---------", "bake · Can bake"]
    assert options(page, "kind")[0] == "---------"
    assert "bake · Can bake." in options(page, "competency")
    assert {"knead", "bake"} <= {words.partition(" ")[0] for words in options(page, "competency")}
    assert not [words for name in ("node", "attainment", "competency") for words in options(page, name)
                if UUID.search(words)]  # fmt: skip


def test_a_forced_completion_is_asked_shown_and_approved(desk: Client, studies: Enrollment, second: User) -> None:
    entered = {"kind": "force_complete", "node": "r1", "words": "After an illness.", "reason": "health"}
    assert desk.post(place("enrollment", "grant", studies), entered).status_code == 302

    page = desk.get(place("enrollment", "change", studies)).text
    assert ("waits for approval" in page, "everything is met" in page, "After an illness." in page) == (True,) * 3
    batch = ExceptionBatch.objects.get()
    other = signed_in_client(second)
    shown = other.get(place("exceptionbatch", "change", batch)).text
    assert ("0 % now, 100 % with it" in shown, "After an illness." in shown) == (True, True)
    assert desk.post(place("exceptionbatch", "approve", batch)).status_code == 422  # who asked does not approve

    other.post(place("exceptionbatch", "approve", batch))

    assert Progress.objects.get().status == "met"
    listed = desk.get(place("requirementexception", "change", RequirementException.objects.get())).text
    assert ("approved by" in listed, "in force" in listed) == (True, True)


def test_several_learners_are_previewed_and_asked_at_once(
    desk: Client, ada: Learner, grace: Learner, studies: Enrollment, bread: ProgramVersion, registrar: User
) -> None:
    enroll(grace, version=bread, on=START, by=registrar, at=MONDAY)
    entered = {
        "text": f"{ada.learner_number}\n{grace.learner_number}", "kind": "force_complete", "node": "r1",
        "words": "The oven burnt down.", "reason": "not_offered",
    }  # fmt: skip
    address = place("programversion", "except_several", bread)

    assert "nobody-1" in desk.post(address, {**entered, "text": "nobody-1"}).text
    preview = desk.post(address, entered).text
    assert (preview.count("100 %"), RequirementException.objects.count()) == (2, 0)
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', preview))
    assert desk.post(address, kept).status_code == 302

    assert (RequirementException.objects.count(), ExceptionBatch.objects.count()) == (2, 1)


def test_conversions_and_bases_are_stated_in_forms(
    desk: Client, ada: Learner, studies: Enrollment, knead: Competency
) -> None:
    abroad = new_scale("Abroad")
    study = {"learner_number": ada.learner_number, "basis": "transfer", "achieved_on": "2026-03-02", "why": ""}
    level = {"competency": knead.pk, "level": abroad.levels.get(rank=2).pk}

    desk.post(reverse("admin:programs_recognition_add"), {**study, **level})
    assert Progress.objects.get().percent == 0
    desk.post(reverse("admin:programs_recognition_add"), {**study, **level, "equal_to": [level_of(knead, 3).pk]})
    assert Progress.objects.get().percent == 50
    shown = desk.get(place("recognition", "change", Recognition.objects.order_by("-pk")[0])).text
    assert level_of(knead, 3).title in shown

    beyond = {**study, "credits": "500", "source_credits": "500"}
    assert desk.post(reverse("admin:programs_recognition_add"), {**study, "credits": "500"}).status_code == 200
    assert desk.post(reverse("admin:programs_recognition_add"), {**beyond, "source_credits": "15"}).status_code == 200
    assert Recognition.objects.count() == 2

    milestone = Milestone.objects.create(title="Tour", made_at=MONDAY)
    reached = {"learner_number": ada.learner_number, "milestone": milestone.pk, "reached_on": "2026-03-02", "why": ""}
    desk.post(reverse("admin:programs_milestonereached_add"), {**reached, "basis": "external"})
    assert MilestoneReached.objects.get().basis == "external"


def test_the_school_has_a_setting_of_what_transcripts_tell(school: Organization, desk: Client) -> None:
    page = desk.get(reverse("admin:credentials_issuer_add")).text

    assert options(page, "told_exceptions") == [
        "nothing", "what was excepted, and by which act", "also the reason, as a code",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({}, "it has no level, and one is asked for."),
        ({"level": ("Bread", 1)}, "the level is too low."),
        ({"level": ("Abroad", 2)}, "its level is on another scale, and no conversion is stated."),
    ],
)
def test_a_recognition_that_does_not_count_says_so_at_once(
    desk: Client, ada: Learner, studies: Enrollment, knead: Competency, facts: dict[str, Any], reason: str
) -> None:
    abroad = new_scale("Abroad")
    entered = {"learner_number": ada.learner_number, "basis": "transfer", "achieved_on": "2026-03-02", "why": ""}
    if facts:
        scale, rank = facts["level"]
        level = abroad.levels.get(rank=rank) if scale == "Abroad" else level_of(knead, rank)
        entered["level"] = str(level.pk)

    answer = desk.post(reverse("admin:programs_recognition_add"), {**entered, "competency": knead.pk}, follow=True)

    sentence = f"It does not count toward “knead” in {studies.version}: {reason}"
    shown = [str(message) for message in answer.context["messages"]]
    assert [sentence in text for text in (" ".join(shown), answer.text)] == [True, True]
    assert reason.rstrip(".") in desk.get(place("enrollment", "change", studies)).text
    enough = {**entered, "competency": knead.pk, "level": level_of(knead, 3).pk}
    assert "It does not count" not in desk.post(reverse("admin:programs_recognition_add"), enough, follow=True).text


def test_accepting_study_without_a_level_asks_for_the_reason(
    desk: Client, ada: Learner, studies: Enrollment, knead: Competency
) -> None:
    entered = {
        "learner_number": ada.learner_number, "basis": "transfer", "achieved_on": "2026-03-02", "why": "",
        "competency": knead.pk, "without_level": "on",
    }  # fmt: skip
    address = reverse("admin:programs_recognition_add")

    assert "“Accepted without a level” needs a reason" in desk.post(address, entered).text
    assert "It does not count" not in desk.post(address, {**entered, "words": "A portfolio."}, follow=True).text
    assert Progress.objects.get().percent == 50
