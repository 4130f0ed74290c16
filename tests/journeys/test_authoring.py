"""A registrar builds from nothing two micro-credentials and the program that stacks them, by the desk's forms alone."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from accounts.models import Organization, Role
from programs.actions import Node, save_milestone, save_requirement
from programs.models import ProgramVersion, RequirementKind
from tests.assessments.places import MONDAY, new_competency, new_framework, new_scale
from tests.journeys.conftest import Visitor
from tests.journeys.looks import look_at
from tests.programs.places import ask_for, draft_of, open_assessment, published, root_of
from tests.recipes import LONG_AGO, institution, make_staff, signed_in_client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Visitor]
SKILLS = {
    "DA-1": "Clean and document a data set so that others can use it.",
    "DA-2": "Choose a chart that fits the question and the reader.",
    "DA-3": "Protect personal data in every step of an analysis.",
    "DA-4": "Run a controlled experiment from question to report.",
    "DA-5": "Quantify uncertainty and say what it means.",
    "DA-6": "Write a decision memo of one page.",
    "DA-7": "Present findings to people who disagree.",
    "DA-8": "Review the analysis of a colleague.",
}


@dataclass
class Office:
    """A college with a framework of skills, each but the last in an assessment, and a registrar who is signed in."""

    school: Organization
    session: str

    @property
    def draft(self) -> ProgramVersion:
        return ProgramVersion.objects.get(state="draft")


@pytest.fixture
def office(transactional_db: None) -> Office:
    school = institution.make()
    scale, framework = new_scale(), new_framework("Applied Data Analysis")
    framework.published_at = LONG_AGO
    framework.save()
    skills = [new_competency(framework, code, scale) for code in SKILLS]
    for skill in skills:
        skill.revisions.update(statement=SKILLS[skill.code])
    open_assessment(school, *skills[:-1])
    save_milestone(None, title="Induction held", unit="", at=MONDAY)
    return Office(school, signed_in_client(make_staff(Role.REGISTRAR)).session.session_key or "")


@pytest.fixture
def diploma(office: Office) -> ProgramVersion:
    """A draft with something of every kind in it, and two faults."""
    from competencies.models import Competency

    skills = {row.code: row for row in Competency.objects.all()}
    first = published(office.school, "Data Foundations", skills["DA-1"], skills["DA-2"], skills["DA-3"])
    second = published(office.school, "Statistical Reasoning", skills["DA-4"], skills["DA-5"])
    draft = draft_of(office.school, "Certificate in Applied Data Analysis")
    root = root_of(draft)
    for inner in (first, second):
        stacked = Node(kind=RequirementKind.PROGRAM, nested_version=inner, credits=6)  # type: ignore[arg-type]
        save_requirement(None, version=draft, parent=root, node=stacked)
    choice = Node(kind=RequirementKind.CHOOSE, title="Working with people", choose_count=2)
    group = save_requirement(None, version=draft, parent=root, node=choice)
    for code in ("DA-6", "DA-7", "DA-8", "DA-1"):
        ask_for(group, skills[code], rank=3, worth=2)
    empty = Node(kind=RequirementKind.ALL, title="Placement")
    save_requirement(None, version=draft, parent=root, node=empty)
    return draft


def test_the_authoring_pages_have_no_fault_in_any_light(visit: Visit, office: Office, diploma: ProgramVersion) -> None:
    base = f"/admin/programs/programversion/{diploma.pk}/tree/"
    group = diploma.requirements.get(title="Working with people")

    faults = look_at(visit, base, name="authoring", session=office.session)
    faults += look_at(visit, f"{base}{group.key}/edit/", name="authoring-group", session=office.session)
    faults += look_at(visit, f"{base}{group.key}/add/competency/", name="authoring-picker", session=office.session)

    assert faults == []
