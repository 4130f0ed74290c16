"""Things that exist, so that routes which show one have something to show."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from accounts.actions.learners import create_learner
from accounts.models import (
    Approval,
    ApprovalAct,
    ApprovedKind,
    LearnerIdentifier,
    LearnerName,
    NameKind,
    Organization,
    OrganizationKind,
    PartnerClient,
    Role,
    RoleAssignment,
)
from assessments.models import Submission
from core.text.canonical import digest
from credentials.issuing.actions.issuers import save_issuer
from credentials.issuing.actions.keys import make_first_key
from credentials.models import Issuer, UnsignedAward
from credentials.transcripts.actions.transcripts import make_transcript
from credentials.transcripts.rules import TranscriptKind
from programs.curriculum.actions.authoring import Node, make_program, save_requirement
from programs.curriculum.actions.publishing import publish_version
from programs.decisions.actions import grant_exception, record_milestone, record_recognition, save_milestone
from programs.enrollment.actions.cohorts import save_cohort
from programs.enrollment.actions.enrolling import enroll
from programs.models import AuditMove, Award, AwardConcern, RecognitionBasis, RequirementKind
from programs.rules.attainments import ExceptionKind
from tests.assessments.places import new_competency, new_framework, new_scale
from tests.assessments.work import hand_in, new_assessment
from tests.contracts.routes import routes
from tests.credentials.awarding import achievement_of, granted, paper_of
from tests.recipes import institution, learner, make_staff

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def rows_of_accounts() -> list[Any]:
    """One row for each page of the desk about people and places."""
    registrar = make_staff(Role.REGISTRAR)
    record = learner.make(user=None)
    partner = institution.make(name="Acme", kind=OrganizationKind.PARTNER)
    return [
        record,
        partner,
        registrar,
        RoleAssignment.objects.get(user=registrar),
        LearnerName.objects.create(
            learner=record, kind=NameKind.CHOSEN, text="Ada", sort_key="ada", search_words="ada"
        ),
        LearnerIdentifier.objects.create(learner=record, scheme="national", value="17", created_at=AT),
        Approval.objects.create(
            act=ApprovalAct.RETIRE,
            subject_kind=ApprovedKind.COMPETENCY,
            subject_id=uuid.UUID(int=1),
            digest=digest("plan"),
            role=Role.REGISTRAR,
            reason="replaced",
            asked_by=registrar,
            asked_at=AT,
        ),
        PartnerClient.objects.create(
            name="Acme HR",
            organization=partner,
            client_type=PartnerClient.CLIENT_CONFIDENTIAL,
            authorization_grant_type=PartnerClient.GRANT_CLIENT_CREDENTIALS,
        ),
    ]


def rows_of_programs() -> list[Any]:
    """One row for each page of the desk about programs and those who study them."""
    registrar = make_staff(Role.REGISTRAR)
    person = learner.make(user=None)
    school = Organization.objects.ours().first() or institution.make()
    safety = save_milestone(None, title="Safety", unit="", at=AT)
    program = make_program("BR", title="Bread", organization=school, by=None, at=AT)
    version = program.versions.get()
    node = Node(kind=RequirementKind.MILESTONE, milestone=safety)
    save_requirement(None, version=version, parent=version.requirements.get(), node=node)
    version = publish_version(version, by=None, at=AT)
    studies = enroll(person, version=version, on=AT.date(), by=registrar, at=AT)
    return [
        program,
        version,
        safety,
        studies,
        save_cohort(None, version=version, title="Spring", starts_on=AT.date(), ends_on=None, by=None),
        record_milestone(person, milestone=safety, on=AT.date(), by=registrar, at=AT),
        record_recognition(
            person,
            basis=RecognitionBasis.TRANSFER,
            credits=Decimal(1),
            source_credits=Decimal(1),
            achieved_on=AT.date(),
            by=registrar,
            at=AT,
        ),
        grant_exception(studies, kind=ExceptionKind.WAIVE, node="r2", words="", by=registrar, at=AT),
        grant_exception(
            studies, kind=ExceptionKind.FORCE_COMPLETE, node="r1", words="So decided.", by=registrar, at=AT
        ).batch,
        version.achievement_version,
        award := Award.objects.get(learner=person),
        AuditMove.objects.create(
            learner=person,
            enrollment=studies,
            old_method="audit@1",
            new_method="audit@2",
            moved_at=AT,
            changed=False,
            **{f"{name}_{when}": 0 for name in ("percent", "distance", "credits") for when in ("before", "after")},
            status_before="unmet",
            status_after="unmet",
        ),
        AwardConcern.objects.create(
            learner=person, award=award, kind="evidence_voided", subject_id=uuid.UUID(int=1), raised_at=AT
        ),
    ]


def a_transcript() -> Any:
    """One for the desk page of transcripts."""
    if not Organization.objects.ours().exists():
        institution.make()
    registrar = make_staff(Role.REGISTRAR)
    person = create_learner("Mary Somerville", by=registrar, at=AT)
    return make_transcript(person, kind=TranscriptKind.OFFICIAL, by=registrar, at=AT)


def rows_of_credentials() -> list[Any]:
    """One row for each page of the desk about who signs and what was signed."""
    school = Organization.objects.ours().first() or institution.make()
    issuer = save_issuer(None, organization=school, slug="sample", name="Sample", by=None, at=AT)
    key = make_first_key(issuer, by=None, at=AT)
    version = achievement_of(school)
    paper = paper_of(granted(learner.make(), version))
    waiting = UnsignedAward.objects.get(pk=granted(learner.make(), version).pk)
    return [Issuer.objects.get(pk=issuer.pk), key, paper, waiting]


def under_signed_addresses(rows: list[Any]) -> dict[str, dict[str, str]]:
    """For each route that signed documents name: what it shows."""
    issuer, _key, paper, _waiting = rows
    version = paper.award.achievement_version
    return {
        "published:credential": {"credential_id": str(paper.public_id)},
        "published:achievement": {
            "achievement_id": str(version.achievement.public_id),
            "number": str(version.number),
        },
        "published:achievement_image": {
            "achievement_id": str(version.achievement.public_id),
            "number": str(version.number),
        },
        "published:status": {"list_id": str(paper.status_list.public_id)},
        "published:did_json": {"slug": issuer.slug},
        "published:issuer_image": {"slug": issuer.slug},
    }


def work_that_waits() -> Submission:
    """Work that a learner handed in and nobody has judged."""
    school = Organization.objects.ours().first() or institution.make()
    asked = new_assessment(new_competency(new_framework(), "knead", new_scale()), organization=school)
    return hand_in(learner.make(), asked)


def on_pages() -> dict[str, dict[str, str]]:
    """For each page about one piece of work: the work."""
    submission = str(work_that_waits().public_id)
    return {route.name: {"submission_id": submission} for route in routes() if "<uuid:submission_id>" in route.pattern}


def on_the_desk(rows: list[Any]) -> dict[str, dict[str, str]]:
    """For each route of the desk about a model of `rows`: the key of that row."""
    keys = {f"admin:{row._meta.app_label}_{row._meta.model_name}_": str(row.pk) for row in rows}
    return {
        route.name: {"object_id": key}
        for route in routes()
        for prefix, key in keys.items()
        if route.name.startswith(prefix)
    }
