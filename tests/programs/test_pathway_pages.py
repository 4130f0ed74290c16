"""A learner's pathway pages: what they say, whose rows they show, what they cost, pausing and resuming."""

from datetime import date
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Learner, Organization, Role, User
from competencies.models import Competency, Framework, ProficiencyScale
from core import clock
from programs.audit.queries.audits import status_of
from programs.audit.queries.trees import tree_of
from programs.awards.admin.grounds import audit_list
from programs.decisions.actions import grant_exception
from programs.enrollment.actions.enrolling import enroll
from programs.models import Enrollment, EnrollmentEvent, ProgramVersion
from programs.pathway.pages.trail import wrapped
from programs.pathway.queries.pathways import pathway_of
from programs.rules.attainments import ExceptionKind
from programs.rules.enrollment import EnrollmentState
from tests.assessments.places import MONDAY, TUESDAY, new_competency, show
from tests.programs.places import approved, open_assessment, published
from tests.recipes import make_staff, make_user, signed_in_client

pytestmark = pytest.mark.django_db

START = date(2026, 3, 2)
QUERIES_OF_LIST = 6
"""Session, user, roles, record; and all enrollments with what happened to them."""
QUERIES_OF_HOME = 10
"""Session, user, roles, record; news, names; all enrollments; mastery, awards; work under way."""
QUERIES_OF_PAGE = 9
"""Session, user, roles, record; the enrollment with its news; mastery, awards; what precedes what, where to show it."""


@pytest.fixture
def account(ada: Learner) -> User:
    user: User = make_user()
    ada.user = user
    ada.save()
    return user


@pytest.fixture
def client(account: User) -> Client:
    return signed_in_client(account)


@pytest.fixture
def studies(ada: Learner, bread: ProgramVersion, registrar: User) -> Enrollment:
    return enroll(ada, version=bread, on=START, by=registrar, at=MONDAY)


def place_of(enrollment: Enrollment, then: str = "") -> str:
    return f"/pathway/{enrollment.public_id}/{then}"


def test_one_program_opens_by_itself(client: Client, studies: Enrollment) -> None:
    assert client.get("/pathway/").headers["Location"] == place_of(studies)


def test_without_a_program_the_page_says_so(client: Client) -> None:
    assert "You are in no program yet" in client.get("/pathway/").content.decode()


def test_the_page_says_what_is_reached_and_what_is_missing(
    client: Client, studies: Enrollment, ada: Learner, bake: Competency, knead: Competency, assessor: User
) -> None:
    show(ada, bake, 3, by=assessor, at=TUESDAY)
    show(ada, knead, 2, by=assessor, at=TUESDAY)

    page = client.get(place_of(studies)).content.decode()

    for sentence in (
        "1 of 2",
        "Level needed: Proficient",
        "Level reached: Proficient",
        "Level reached: Developing",
        "Counts here: bake",
        "Not yet: Demonstrate “knead”",
        "One step is left.",
    ):
        assert sentence in page


def test_a_level_is_not_claimed_as_reached_where_an_exception_met_the_part(
    client: Client, studies: Enrollment, ada: Learner, bake: Competency, assessor: User, registrar: User
) -> None:
    """Certificates and transcripts print a dash there; what is on record is told as such."""
    show(ada, bake, 2, by=assessor, at=TUESDAY)
    node = next(node.id for node in tree_of(studies.version).walk() if str(bake.public_id) in node.names)
    row = grant_exception(
        studies, kind=ExceptionKind.FORCE_COMPLETE, node=node, words="Seen at work.", by=registrar, at=TUESDAY
    )
    approved(row, by=make_staff(Role.REGISTRAR), at=TUESDAY)

    page = client.get(place_of(studies)).content.decode()
    desk = audit_list(pathway_of(studies, at=clock.now()).root)

    assert "On record: Developing" in page
    assert "Level reached: Developing" not in page
    assert "Completed by exception · – reached, Proficient needed" in desk  # noqa: RUF001 - a dash


def test_picture_and_list_name_the_same(client: Client, studies: Enrollment) -> None:
    page = client.get(place_of(studies)).content.decode()

    drawn = page.split("trail-across")[1].split("</svg>")[0]
    for name in ("knead", "bake", "Bread"):
        assert f">{name}</tspan>" in drawn
    assert "style=" not in page


def test_nobody_sees_the_pathway_of_somebody_else(studies: Enrollment, grace: Learner, client: Client) -> None:
    other = make_user()
    grace.user = other
    grace.save()
    stranger = signed_in_client(other)

    for then in ("", "pause/", "resume/"):
        assert stranger.get(place_of(studies, then)).status_code == HTTPStatus.NOT_FOUND
        assert stranger.post(place_of(studies, then)).status_code in {
            HTTPStatus.NOT_FOUND,
            HTTPStatus.METHOD_NOT_ALLOWED,
        }
    assert status_of(studies, on=clock.now().date()).state is EnrollmentState.ACTIVE


def test_a_pause_says_first_what_it_means(client: Client, studies: Enrollment, account: User) -> None:
    page = client.get(place_of(studies, "pause/"))
    assert b"stands still" in page.content
    assert status_of(studies, on=clock.now().date()).state is EnrollmentState.ACTIVE

    client.post(place_of(studies, "pause/"), {"reason": "family"})

    event = EnrollmentEvent.objects.latest("pk")
    assert (event.kind, event.reason, event.recorded_by) == ("pause", "family", account)
    assert "Paused." in client.get(place_of(studies)).content.decode()

    client.post(place_of(studies, "resume/"))

    assert EnrollmentEvent.objects.latest("pk").kind == "resume"


def test_who_presses_twice_pauses_once(client: Client, studies: Enrollment) -> None:
    for _press in range(2):
        client.post(place_of(studies, "pause/"), {"reason": "unstated"})

    assert EnrollmentEvent.objects.filter(kind="pause").count() == 1


def test_a_reason_that_is_not_a_learners_is_refused(client: Client, studies: Enrollment) -> None:
    response = client.post(place_of(studies, "pause/"), {"reason": "conduct"})

    assert response.status_code == HTTPStatus.OK
    assert not EnrollmentEvent.objects.filter(kind="pause").exists()


def test_the_pages_cost_the_same_queries_for_one_and_for_three(
    client: Client,
    studies: Enrollment,
    ada: Learner,
    grace: Learner,
    school: Organization,
    baking: Framework,
    craft: ProficiencyScale,
    registrar: User,
) -> None:
    lists: list[int] = []
    pages: list[int] = []
    homes: list[int] = []
    for wanted in (2, 3, 4):  # two at least: one alone opens by itself
        several = [new_competency(baking, f"c{wanted}{number}", craft) for number in range(wanted)]
        open_assessment(school, *several)
        version = published(school, f"Long {wanted}", *several)
        enrollment = enroll(ada, version=version, on=START, by=registrar, at=MONDAY)
        for counts, place in ((lists, "/pathway/"), (pages, place_of(enrollment)), (homes, "/")):
            client.get(place)  # published trees are read once per process
            with CaptureQueriesContext(connection) as queries:
                assert client.get(place).status_code == HTTPStatus.OK
            counts.append(len(queries))

    assert lists == [QUERIES_OF_LIST] * 3
    assert pages == [QUERIES_OF_PAGE] * 3
    assert homes == [QUERIES_OF_HOME] * 3


def test_long_names_are_wrapped_and_cut() -> None:
    assert wrapped("Clean and document a data set", 20) == ("Clean and document a", "data set")
    assert wrapped("x" * 40, 20) == ("x" * 20 + "…",)
    assert wrapped("a b c d e", 1)[-1].endswith("…")


def test_an_open_page_is_told_when_nothing_is_new_and_gets_the_news_otherwise(
    client: Client, studies: Enrollment, ada: Learner, bake: Competency, assessor: User
) -> None:
    stamp = client.get(place_of(studies)).context["live"].stamp
    page = {"seen": stamp}

    assert client.get(place_of(studies), page).status_code == HTTPStatus.NO_CONTENT
    show(ada, bake, 3, by=assessor, at=TUESDAY)
    answer = client.get(place_of(studies), page)

    assert answer.status_code == HTTPStatus.OK
    assert "Level reached: Proficient" in answer.content.decode()
    assert "There is news on this page." in answer.content.decode()
    assert answer.context["live"].stamp != stamp
