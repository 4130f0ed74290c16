"""Programs, and assessments that can show what they ask for, that tests of programs stand on."""

from itertools import count

from accounts.models import Organization, User
from assessments.models import Assessment, AssessmentRevision, Criterion, Rubric, RubricRevision
from competencies.models import Competency
from programs.actions import Node, make_program, publish_version, save_requirement
from programs.models import Program, ProgramVersion, Requirement, RequirementKind
from tests.assessments.places import MONDAY, level_of
from tests.recipes import LONG_AGO

_numbers = count(1)


def open_assessment(school: Organization, *competencies: Competency) -> Assessment:
    """An assessment with one criterion for each competency, open to learners."""
    rubric = Rubric.objects.create(title="Rubric", made_at=LONG_AGO)
    revision = RubricRevision.objects.create(rubric=rubric, number=1, made_at=LONG_AGO)
    for place, competency in enumerate(competencies):
        Criterion.objects.create(
            rubric_revision=revision,
            sequence=place,
            title=competency.code,
            competency_revision=competency.revisions.get(superseded_at=None),
        )
    assessment: Assessment = Assessment.objects.create(
        title="Practice", organization=school, made_at=LONG_AGO, opened_at=LONG_AGO
    )
    AssessmentRevision.objects.create(
        assessment=assessment, number=1, kind="observation", rubric_revision=revision, made_at=LONG_AGO
    )
    return assessment


def root_of(version: ProgramVersion) -> Requirement:
    row: Requirement = version.requirements.get(parent=None)
    return row


def ask_for(parent: Requirement, competency: Competency, *, rank: int = 0, worth: int = 0) -> Requirement:
    """A competency leaf below `parent`."""
    node = Node(
        kind=RequirementKind.COMPETENCY,
        competency=competency,
        level=level_of(competency, rank) if rank else None,
        credits=worth,  # type: ignore[arg-type]  # an int is a Decimal here
    )
    return save_requirement(None, version=parent.version, parent=parent, node=node)


def draft_of(school: Organization, title: str, *competencies: Competency) -> ProgramVersion:
    """The draft of a new program that asks for all of these competencies."""
    program: Program = make_program(f"P{next(_numbers)}", title=title, organization=school, by=None, at=MONDAY)
    version: ProgramVersion = program.versions.get()
    for competency in competencies:
        ask_for(root_of(version), competency)
    return version


def published(school: Organization, title: str, *competencies: Competency, by: User | None = None) -> ProgramVersion:
    """A program in force that asks for all of these competencies."""
    return publish_version(draft_of(school, title, *competencies), by=by, at=MONDAY)
