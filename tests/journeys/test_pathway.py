"""A learner's pathway in a browser: in every light, width and direction, by keyboard, paused and resumed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.actions.learners import create_learner
from accounts.models import Role, User
from programs.audit.queries.audits import status_of
from programs.curriculum.actions.authoring import Node, save_requirement
from programs.curriculum.actions.publishing import publish_version
from programs.enrollment.actions.enrolling import enroll
from programs.models import Enrollment, RequirementKind
from programs.rules.enrollment import EnrollmentState
from tests.assessments.places import MONDAY, TUESDAY, new_competency, new_framework, new_scale, show
from tests.journeys.conftest import Visitor
from tests.journeys.looks import look_at
from tests.programs.places import ask_for, draft_of, open_assessment, published, root_of
from tests.recipes import institution, make_staff, make_user, signed_in_client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Visitor]
START = date(2026, 3, 2)
NAMES = (
    "Clean and document a data set",
    "Choose a chart that fits",
    "Protect personal data",
    "Run a controlled experiment",
    "Quantify uncertainty",
    "Write a decision memo",
)


@dataclass
class Studies:
    """A certificate with two programs inside, begun."""

    enrollment: Enrollment
    session: str

    @property
    def place(self) -> str:
        return f"/pathway/{self.enrollment.public_id}/"


@pytest.fixture
def studies(transactional_db: None) -> Studies:
    school = institution.make()
    registrar, assessor = make_staff(Role.REGISTRAR), make_staff(Role.ASSESSOR)
    scale, framework = new_scale(), new_framework()
    skills = [new_competency(framework, name, scale) for name in NAMES]
    open_assessment(school, *skills)
    first = published(school, "Data Foundations", *skills[:3])
    second = published(school, "Statistical Reasoning", *skills[3:5])
    whole = draft_of(school, "Certificate in Applied Data Analysis")
    for inner in (first, second):
        save_requirement(
            None,
            version=whole,
            parent=root_of(whole),
            node=Node(kind=RequirementKind.PROGRAM, nested_version=inner, credits=6),  # type: ignore[arg-type]
        )
    ask_for(root_of(whole), skills[5], worth=4)
    version = publish_version(whole, by=None, at=MONDAY)
    user: User = make_user()
    ada = create_learner("Ada Lovelace", by=registrar, at=MONDAY)
    ada.user = user
    ada.save()
    enrollment = enroll(ada, version=version, on=START, by=registrar, at=MONDAY)
    for skill, rank in zip(skills, (3, 4, 3, 3, 2, 0), strict=True):
        if rank:
            show(ada, skill, rank, by=assessor, at=TUESDAY)
    return Studies(enrollment, signed_in_client(user).session.session_key or "")


def test_the_pathway_has_no_fault_in_any_light(visit: Visit, studies: Studies) -> None:
    faults = look_at(visit, studies.place, name="pathway", session=studies.session)
    faults += look_at(visit, f"{studies.place}pause/", name="pathway-pause", session=studies.session)

    assert faults == []


def test_the_pathway_has_no_fault_from_right_to_left(visit: Visit, studies: Studies) -> None:
    assert look_at(visit, studies.place, name="pathway-ar", session=studies.session, language="ar") == []


def test_a_learner_pauses_and_resumes_by_keyboard(visit: Visit, studies: Studies) -> None:
    page = visit(session=studies.session).open("/pathway/")
    page.get_by_role("link", name="Pause").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The time that you have for the program stands still.")).to_be_visible()
    page.get_by_role("button", name="Pause from today").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Paused. Nothing is lost; resume")).to_be_visible()
    page.get_by_role("link", name="Resume").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Resume from today").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("Welcome back.")).to_be_visible()
    assert status_of(studies.enrollment, on=date(2100, 1, 1)).state is EnrollmentState.ACTIVE


@pytest.fixture
def long_studies(transactional_db: None) -> Studies:
    """A program of eight parts with eight competencies each, the first one begun: too long to show all of it."""
    school = institution.make()
    registrar, assessor = make_staff(Role.REGISTRAR), make_staff(Role.ASSESSOR)
    scale, framework = new_scale(), new_framework()
    skills = [new_competency(framework, f"Skill {number}", scale) for number in range(64)]
    open_assessment(school, *skills)
    whole = draft_of(school, "Diploma in Applied Data Analysis")
    for first in range(0, len(skills), 8):
        node = Node(kind=RequirementKind.ALL, title=f"Module {first // 8 + 1}")
        group = save_requirement(None, version=whole, parent=root_of(whole), node=node)
        for skill in skills[first : first + 8]:
            ask_for(group, skill, worth=3)
    user: User = make_user()
    ada = create_learner("Ada Lovelace", by=registrar, at=MONDAY)
    ada.user = user
    ada.save()
    enrollment = enroll(ada, version=publish_version(whole, by=None, at=MONDAY), on=START, by=registrar, at=MONDAY)
    for skill, rank in zip(skills, (3, 3, 2, 3), strict=False):
        show(ada, skill, rank, by=assessor, at=TUESDAY)
    return Studies(enrollment, signed_in_client(user).session.session_key or "")


def test_a_long_pathway_has_no_fault_in_any_light(visit: Visit, long_studies: Studies) -> None:
    session = long_studies.session

    assert look_at(visit, long_studies.place, name="pathway-long", session=session) == []
    assert look_at(visit, long_studies.place, name="pathway-long-ar", session=session, language="ar") == []


def test_a_part_of_a_long_pathway_opens_by_keyboard_and_stays_open(visit: Visit, long_studies: Studies) -> None:
    page = visit(session=long_studies.session).open(long_studies.place)
    expect(page.get_by_text("Skill 0", exact=True)).to_be_visible()
    expect(page.get_by_text("Skill 63", exact=True)).to_have_count(0)

    for module in ("Module 8", "Module 4"):
        page.get_by_role("link", name=module).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name=module)).to_have_count(0)

    expect(page.get_by_text("Skill 63", exact=True)).to_have_count(1)
    expect(page.get_by_text("Skill 24", exact=True)).to_be_in_viewport()
