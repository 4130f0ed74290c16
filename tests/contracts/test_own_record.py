"""Nobody decides about their own record, nor about one that is linked with it: every act of people about a learner."""

import ast
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.urls import reverse

from accounts.actions.identifiers import add_identifier, end_identifier
from accounts.actions.learners import change_learner, connect_account, create_learner, set_privacy_hold
from accounts.actions.links import link_records, unlink_records
from accounts.actions.names import add_name, correct_name, end_name
from accounts.errors import OwnRecordError
from accounts.models import Learner, LearnerIdentifier, LearnerLink, LearnerName, NameKind, Organization, Role, User
from assessments.evidence.actions import void_evidence
from assessments.evidence.actions.reviewing import review_recommendation
from assessments.models import Evidence, Mastery, VoidReason
from competencies.models import ProficiencyLevel
from core import clock
from credentials.issuing.actions.reissuing import reissue
from credentials.issuing.actions.revoking import ask_to_revoke, revoke
from credentials.models import Credential, IssueReason, RevocationClass, Transcript
from credentials.transcripts.actions.transcripts import make_transcript, supersede_transcript
from credentials.transcripts.rules import TranscriptKind
from programs.awards.actions import awards
from programs.awards.actions.concerns import settle_concern
from programs.decisions.actions import record_milestone, record_recognition, withdraw_decision
from programs.decisions.actions.exceptions import grant_exception
from programs.enrollment.actions import enrolling
from programs.models import (
    Award,
    AwardConcern,
    EndReason,
    Enrollment,
    EnrollmentEvent,
    EventReason,
    Milestone,
    MilestoneReached,
    ProgramVersion,
    RecognitionBasis,
)
from programs.rules.attainments import ExceptionKind
from programs.rules.enrollment import EventKind
from tests.assessments.places import new_competency, new_framework, new_scale
from tests.conftest import ROOT
from tests.programs.places import open_assessment, published
from tests.recipes import institution, make_staff, make_user, signed_in_client

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 2)
NOW = clock.now()
ELSEWHERE = {
    "decide_approval": "asks the accounts of whom the subject concerns; tests of exceptions prove it",
    "approve_exceptions": "by decide_approval",
    "grant_exceptions": "asked for each of its learners in the loop",
    "allow_name_comparison": "the learner's own wish",
    "give_sharing_grant": "the learner's own sharing",
    "record_disclosures": "no decision: what others read",
    "enroll_many": "by enroll, for each line",
    "link_persons": "by link_records",
    "part_persons": "by unlink_records",
    "record_evidence": "written by judgements and imports, which ask in their own way (may_judge)",
    "correct_judgement": "by may_judge, in the action",
}


def _acts() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the public actions that lock a learner for somebody (`by`), with the names that each of them calls."""
    for app in ("accounts", "assessments", "credentials", "portal", "programs"):
        for path in sorted((ROOT / app).rglob("actions/*.py")):
            if "demo" in path.parts:
                continue
            functions = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
            # Some modules lock by a function of their own.
            locks = LOCKS | {node.name for node in functions if node.name == "_locked" and _called(node) & LOCKS}
            for node in functions:
                arguments = {it.arg for it in (*node.args.args, *node.args.kwonlyargs)}
                if not node.name.startswith("_") and "by" in arguments and _called(node) & locks:
                    yield node.name, node


LOCKS = {"locked_learner", "lock_learner", "lock_learners"}


def _called(node: ast.AST) -> set[str]:
    calls = (call.func for call in ast.walk(node) if isinstance(call, ast.Call))
    return {func.id if isinstance(func, ast.Name) else getattr(func, "attr", "") for func in calls}


def test_every_act_about_a_learner_asks_whose_record_it_is() -> None:
    silent = {name for name, node in _acts() if not _called(node) & {"require_another", "_require_another"}}

    assert len(list(_acts())) > 25
    assert silent - ELSEWHERE.keys() == set()


def _event(kind: EventKind) -> Callable[[Learner, User], object]:
    def act(own: Learner, by: User) -> object:
        enrollment = Enrollment.objects.get(learner=own)
        return enrolling.record_event(enrollment, kind=kind, on=DAY, reason=EventReason.WORK, by=by)

    return act


# Rows that are not saved: each act locks the learner and asks whose record it is before it reads anything else.
ACTS: dict[str, Callable[[Learner, User], object]] = {
    "grant": lambda own, by: awards.grant_award(Award(learner=own), by=by),
    "propose": lambda own, by: awards.propose_award(Enrollment(learner=own), by=by, words="So."),
    "decline": lambda own, by: awards.decline_award(Award(learner=own), by=by, words="So."),
    "renew": lambda own, by: awards.renew_award(Award(learner=own), by=by),
    "ask to rescind": lambda own, by: awards.ask_to_rescind(Award(learner=own), by=by, reason="So.", at=NOW),
    "rescind": lambda own, by: awards.rescind_award(Award(learner=own), by=by, reason=EndReason.IN_ERROR, words="So."),
    "settle a review": lambda own, by: settle_concern(AwardConcern(learner=own), by=by, words="So."),
    "withdraw a decision": lambda own, by: withdraw_decision(MilestoneReached(learner=own), by=by),
    "milestone": lambda own, by: record_milestone(own, milestone=Milestone(), on=DAY, by=by),
    "recognition": lambda own, by: record_recognition(own, basis=RecognitionBasis.TRANSFER, achieved_on=DAY, by=by),
    "exception": lambda own, by: grant_exception(
        Enrollment(learner=own), kind=ExceptionKind.WAIVE, node="r1", by=by, words="So."
    ),
    "enroll": lambda own, by: enrolling.enroll(own, version=ProgramVersion(), on=DAY, by=by),
    "change the version": lambda own, by: enrolling.change_version(_enrollment(own), version=ProgramVersion(), by=by),
    "correct an event": lambda own, by: enrolling.correct_event(EnrollmentEvent(enrollment=_enrollment(own)), by=by),
    **{
        kind.value: _event(kind)
        for kind in (EventKind.START, EventKind.COMPLETE, EventKind.WITHDRAW, EventKind.DISMISS, EventKind.READMIT)
    },
    "void evidence": lambda own, by: void_evidence(Evidence(learner=own), reason=VoidReason.MISTAKE, by=by),
    "review a recommendation": lambda own, by: review_recommendation(
        Mastery(learner=own), level=ProficiencyLevel(), performed_on=DAY, by=by
    ),
    "ask to revoke": lambda own, by: ask_to_revoke(
        Credential(learner=own), why=RevocationClass.HOLDERS_WISH, reason="So.", by=by, at=NOW
    ),
    "revoke": lambda own, by: revoke(Credential(learner=own), why=RevocationClass.HOLDERS_WISH, reason="So.", by=by),
    "issue again": lambda own, by: reissue(Credential(learner=own), reason=IssueReason.NAME, by=by),
    "official transcript": lambda own, by: make_transcript(own, kind=TranscriptKind.OFFICIAL, by=by, at=NOW),
    "correct a transcript": lambda own, by: supersede_transcript(Transcript(learner=own), by=by, at=NOW),
    "add a name": lambda own, by: add_name(own, kind=NameKind.LEGAL, text="Ada", by=by, reason="So."),
    "end a name": lambda own, by: end_name(own, kind=NameKind.LEGAL, on=DAY, by=by, reason="So."),
    "correct a name": lambda own, by: correct_name(LearnerName(learner=own), text="Ada", by=by, reason="So."),
    "add an identifier": lambda own, by: add_identifier(own, scheme="s", value="v", by=by, at=NOW),
    "end an identifier": lambda own, by: end_identifier(LearnerIdentifier(learner=own), by=by, at=NOW, reason="So."),
    "dates and number": lambda own, by: change_learner(
        own, learner_number="1", birth_date=None, deceased_on=None, home_organization=None, by=by, reason="So."
    ),
    "privacy hold": lambda own, by: set_privacy_hold(own, hold=False, by=by, reason="So."),
    "take the account away": lambda own, by: connect_account(own, user=None, by=by, reason="So."),
    "link": lambda own, by: link_records(
        create_learner("Grace Hopper", by=None, at=NOW), other=own, reason="So.", by=by, at=NOW
    ),
    "part": lambda own, by: unlink_records(LearnerLink.objects.get(learner=own), reason="So.", by=by, at=NOW),
}


def _enrollment(own: Learner) -> Enrollment:
    return Enrollment.objects.get(learner=own)


@pytest.fixture
def school(db: None) -> Organization:
    organization: Organization = institution.make()
    return organization


@pytest.fixture
def registrar(school: Organization) -> User:
    return make_staff(Role.REGISTRAR)


@pytest.fixture
def own(registrar: User) -> Learner:
    """A record without an account, linked with that of the registrar's account."""
    other = make_staff(Role.REGISTRAR)
    record = create_learner("Ada Lovelace", by=other, at=NOW)
    of_account = create_learner("A. Lovelace", by=other, at=NOW, user=registrar)
    link_records(of_account, other=record, reason="One person", by=other, at=NOW)
    return Learner.objects.get(pk=record.pk)


@pytest.fixture
def enrolled(own: Learner, school: Organization) -> Enrollment:
    competency = new_competency(new_framework(), "knead", new_scale())
    open_assessment(school, competency)
    return enrolling.enroll(own, version=published(school, "Bread", competency), on=DAY, by=None)


@pytest.mark.parametrize("act", ACTS)
def test_nobody_decides_about_a_record_that_is_linked_with_their_own(
    act: str, own: Learner, registrar: User, enrolled: Enrollment
) -> None:
    with pytest.raises(OwnRecordError):
        ACTS[act](own, registrar)


def test_nobody_connects_themselves_with_a_record(registrar: User, school: Organization) -> None:
    record = create_learner("Grace Hopper", by=registrar, at=NOW)

    with pytest.raises(OwnRecordError):
        connect_account(record, user=registrar, by=registrar, reason="So.")
    assert connect_account(record, user=make_user(), by=registrar, reason="So.").user


def test_learners_pause_and_resume_their_own_enrollments(own: Learner, registrar: User, enrolled: Enrollment) -> None:
    for kind in (EventKind.PAUSE, EventKind.RESUME):
        enrolling.record_event(enrolled, kind=kind, on=DAY, reason=EventReason.OWN_WISH, by=registrar)


def test_the_desk_says_why_it_refuses(own: Learner, registrar: User) -> None:
    desk = signed_in_client(registrar)

    page = desk.post(reverse("admin:accounts_learner_hold", args=[own.pk]), {"why": "So."}, follow=True)

    assert "This is about your own record: somebody else has to decide it." in page.content.decode()
    assert not Learner.objects.get(pk=own.pk).privacy_hold
