"""Things that exist, so that routes which show one have something to show."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.actions.learners import create_learner
from accounts.models import (
    AdvisorAssignment,
    Approval,
    ApprovalAct,
    ApprovedKind,
    Learner,
    LearnerIdentifier,
    LearnerName,
    NameKind,
    Organization,
    OrganizationKind,
    PartnerClient,
    Role,
    RoleAssignment,
    SharingGrant,
    SharingPurpose,
    User,
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
from programs.models import AuditMove, Award, AwardConcern, ProgramStaff, RecognitionBasis, RequirementKind
from programs.rules.attainments import ExceptionKind
from tests.assessments.places import new_competency, new_framework, new_scale, show
from tests.assessments.work import hand_in, new_assessment
from tests.contracts.routes import routes
from tests.credentials.awarding import achievement_of, granted, paper_of
from tests.programs.places import published
from tests.recipes import institution, learner, make_staff

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def own_branch() -> Organization:
    """The branch of the institution to which everything here belongs."""
    root = Organization.objects.ours().filter(parent=None).first() or institution.make()
    made: Organization = root.branches.filter(name="Own branch").first() or institution.make(
        name="Own branch", parent=root
    )
    return made


def other_branch() -> Organization:
    """A branch beside it, to which nothing belongs."""
    root = own_branch().parent
    made: Organization = Organization.objects.filter(name="Other branch").first() or institution.make(
        name="Other branch", parent=root
    )
    return made


def rows_of_accounts() -> list[Any]:
    """One row for each page of the desk about people and places."""
    registrar = make_staff(Role.REGISTRAR)
    record = learner.make(user=None, home_organization=own_branch())
    partner = institution.make(name="Acme", kind=OrganizationKind.PARTNER)
    return [
        record,
        AdvisorAssignment.objects.create(advisor=make_staff(Role.ADVISOR), learner=record, starts_at=AT),
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
    school = own_branch()
    person = learner.make(user=None, home_organization=school)
    safety = save_milestone(None, title="Safety", unit="", at=AT)
    program = make_program("BR", title="Bread", organization=school, by=None, at=AT)
    version = program.versions.get()
    node = Node(kind=RequirementKind.MILESTONE, milestone=safety)
    save_requirement(None, version=version, parent=version.requirements.get(), node=node)
    version = publish_version(version, by=None, at=AT)
    studies = enroll(person, version=version, on=AT.date(), by=registrar, at=AT)
    return [
        program,
        ProgramStaff.objects.create(user=make_staff(Role.CURRICULUM_DESIGNER), program=program, starts_at=AT),
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
    registrar = make_staff(Role.REGISTRAR)
    person = create_learner("Mary Somerville", home_organization=own_branch(), by=registrar, at=AT)
    return make_transcript(person, kind=TranscriptKind.OFFICIAL, by=registrar, at=AT)


def rows_of_credentials() -> list[Any]:
    """One row for each page of the desk about who signs and what was signed."""
    school = own_branch()
    issuer = save_issuer(None, organization=school, slug="sample", name="Sample", by=None, at=AT)
    key = make_first_key(issuer, by=None, at=AT)
    version = achievement_of(school)
    holders = [learner.make(home_organization=school) for _holder in range(2)]
    paper = paper_of(granted(holders[0], version))
    waiting = UnsignedAward.objects.get(pk=granted(holders[1], version).pk)
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


def rows_of_assessments() -> list[Any]:
    """What can be shown, where, what somebody has shown there, and what they share."""
    school, registrar = own_branch(), make_staff(Role.REGISTRAR)
    scale, framework = new_scale("Milling"), new_framework("Milling")
    mill = new_competency(framework, "mill", scale)
    asked = new_assessment(mill, organization=school, title="Mill a sack")
    person = learner.make(home_organization=school)
    enroll(person, version=published(school, "Flour", mill), on=AT.date(), by=registrar, at=AT)
    grant = SharingGrant.objects.create(
        learner=person,
        purpose=SharingPurpose.STUDY,
        consent_digest=digest("agreed"),
        granted_at=AT,
        expires_at=AT + timedelta(days=30),
    )
    return [
        scale,
        framework,
        mill,
        asked,
        asked.revisions.get().rubric_revision.rubric,
        show(person, mill, 3, by=make_staff(Role.ASSESSOR), at=AT).evidence[0],
        grant,
    ]


def work_that_waits() -> Submission:
    """Work that a learner handed in and nobody has judged."""
    school = own_branch()
    asked = new_assessment(new_competency(new_framework(), "knead", new_scale()), organization=school)
    return hand_in(learner.make(home_organization=school), asked)


def on_pages() -> dict[str, dict[str, str]]:
    """For each page about one piece of work: the work."""
    submission = str(work_that_waits().public_id)
    return {route.name: {"submission_id": submission} for route in routes() if "<uuid:submission_id>" in route.pattern}


def advise_everybody() -> None:
    """Every advisor who is there now advises every learner: what they then do not see is kept from them by place."""
    for advisor in User.objects.filter(role_assignments__role=Role.ADVISOR):
        known = AdvisorAssignment.objects.filter(advisor=advisor).values("learner")
        for person in Learner.objects.exclude(pk__in=known):
            AdvisorAssignment.objects.create(advisor=advisor, learner=person, starts_at=AT)


def on_the_desk(rows: list[Any]) -> dict[str, dict[str, str]]:
    """For each route of the desk about a model of `rows`: the key of that row."""
    keys = {f"admin:{row._meta.app_label}_{row._meta.model_name}_": str(row.pk) for row in rows}
    return {
        route.name: {"object_id": key}
        for route in routes()
        for prefix, key in keys.items()
        if route.name.startswith(prefix)
    }
