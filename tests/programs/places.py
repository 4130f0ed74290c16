"""Programs, and assessments that can show what they ask for, that tests of programs stand on."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.actions.approvals import decide_approval
from accounts.models import Organization, User
from assessments.models import Assessment, AssessmentRevision, Criterion, Rubric, RubricRevision
from competencies.models import Competency
from programs.awards.actions.awards import ask_to_rescind, rescind_award
from programs.curriculum.actions.achievements import Terms, set_achievement
from programs.curriculum.actions.authoring import Node, make_program, save_requirement
from programs.curriculum.actions.publishing import publish_version
from programs.decisions.actions.approving import approve_exceptions
from programs.models import (
    AchievementType,
    Award,
    EndReason,
    Granting,
    Program,
    ProgramVersion,
    Requirement,
    RequirementException,
    RequirementKind,
)
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
            title=competency.code or competency.source_identifier,
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


def stack(parent: Requirement, inner: ProgramVersion, *, worth: int = 0) -> Requirement:
    """A program node below `parent`."""
    node = Node(kind=RequirementKind.PROGRAM, nested_version=inner, title=str(inner.program), credits=worth)  # type: ignore[arg-type]  # as above
    return save_requirement(None, version=parent.version, parent=parent, node=node)


def awarding(draft: ProgramVersion, granting: Granting, **terms: Any) -> ProgramVersion:
    """The draft, put in force with what it awards."""
    kind = terms.pop("achievement_type", AchievementType.CERTIFICATE)
    wanted = Terms(achievement_type=kind, granting=granting, title=draft.program.title, **terms)
    set_achievement(draft, terms=wanted, by=None, at=MONDAY)
    return publish_version(draft, by=None, at=MONDAY)


@dataclass(frozen=True)
class Ladder:
    """A micro-credential in a certificate in a diploma; the first two are granted by rule.

    The micro-credential asks for two competencies of 3 credits, each program above for one more, of 4 and of 5.
    """

    micro: ProgramVersion
    certificate: ProgramVersion
    diploma: ProgramVersion


def ladder_of(school: Organization, *four: Competency, **terms: Any) -> Ladder:
    """Programs of these competencies: two for the micro-credential, one more each above."""
    open_assessment(school, *four)
    bread = draft_of(school, "Bread")
    for competency in four[:2]:
        ask_for(root_of(bread), competency, worth=3)
    micro = awarding(bread, Granting.AUTOMATIC, achievement_type=AchievementType.MICRO_CREDENTIAL, **terms)
    craft = draft_of(school, "Craft")
    stack(root_of(craft), micro)
    ask_for(root_of(craft), four[2], worth=4)
    certificate = awarding(craft, Granting.AUTOMATIC)
    master = draft_of(school, "Master")
    stack(root_of(master), certificate)
    ask_for(root_of(master), four[3], worth=5)
    diploma = awarding(master, Granting.REGISTRAR, achievement_type=AchievementType.DIPLOMA)
    return Ladder(micro, certificate, diploma)


def take_back(award: Award, *, asked_by: User, by: User, at: datetime, reason: EndReason = EndReason.IN_ERROR) -> Award:
    """Rescind an award with the approval of a second person."""
    asked = ask_to_rescind(award, by=asked_by, reason="It was a mistake.", at=at)
    decide_approval(asked, approved=True, digest=asked.digest, by=by, at=at)
    return rescind_award(award, reason=reason, by=asked_by, words="It was a mistake.", at=at)


def approved(row: RequirementException, *, by: User, at: datetime) -> RequirementException:
    """An exception that waits, approved by a second registrar; one that does not wait stays as it is."""
    if row.batch is not None:
        approve_exceptions(row.batch, approved=True, by=by, at=at)
        row.refresh_from_db()
    return row


def refused(sql: str, *values: Any) -> str:
    """What the database says to a statement that it must not let through, run as the owner of the tables."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return str(refusal.value)
