"""What learners are told by mail: what happened, once, by the name in use today, and nothing to those who have died."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import transaction

from accounts.actions.approvals import decide_approval
from accounts.actions.links import link_records
from accounts.actions.names import add_name
from accounts.labels import subject_of
from accounts.models import Learner, NameKind, Organization, Role, User
from assessments.work.actions.correcting import correct_judgement
from assessments.work.actions.judging import judge_submission, return_submission
from core import clock
from core.jobs.models import Job
from core.jobs.outbox import ids_of
from core.jobs.registry import handler_named
from credentials.issuing.actions.keys import ask_to_rotate
from credentials.issuing.actions.reissuing import reissue
from credentials.issuing.actions.revoking import ask_to_revoke, revoke
from credentials.models import Issuer, IssueReason, RevocationClass
from programs.awards.actions.awards import ask_to_rescind
from programs.awards.queries.lapsing import awards_to_announce
from programs.curriculum.actions.publishing import ask_to_retire
from programs.enrollment.actions.enrolling import enroll
from programs.models import AchievementVersion, Award
from programs.tasks import sweep_lapsing
from tests.assessments.places import new_competency, new_framework, new_scale
from tests.assessments.work import entries, hand_in, new_assessment
from tests.credentials.awarding import granted, paper_of
from tests.programs.places import open_assessment, published, take_back
from tests.recipes import learner as learner_recipe
from tests.recipes import make_staff, signed_in_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(ada: Learner) -> User:
    """Ada's account, with a verified address."""
    user = ada.user
    assert user is not None
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


@pytest.fixture
def assessor(school: Organization) -> User:
    return make_staff(Role.ASSESSOR)


def send_all() -> list[str]:
    """Run all jobs that wait, and return the mails that they sent as text; a job that stands for others runs once."""
    mail.outbox.clear()
    while job := Job.objects.waiting().exclude(name="credentials.publish").order_by("pk").first():
        twins = Job.objects.twins_of(job).values_list("pk", flat=True) if job.merges else []
        Job.objects.filter(pk__in=[job.pk, *twins]).delete()
        with transaction.atomic():
            handler_named(job.name).function(*ids_of(job))
    Job.objects.all().delete()
    return [str(message.body) for message in mail.outbox]


# --- work and programs ------------------------------------------------------------------------------------------------


def test_work_is_told_as_judged_returned_and_corrected_once_each(
    ada: Learner, reader: User, school: Organization, assessor: User
) -> None:
    task = new_assessment(new_competency(new_framework(), "knead", new_scale()), organization=school, title="Brioche")
    now = clock.now()
    work = hand_in(ada, task, at=now)
    return_submission(work, by=assessor, comments="More butter.")
    (returned,) = send_all()
    work = hand_in(learner_recipe.make(user=None), task, at=now)
    first = judge_submission(work, by=assessor, entries=entries(work, 3))
    assert send_all() == []  # a record without an account
    mine = new_assessment(new_competency(new_framework("B"), "bake", new_scale()), organization=school, title="Brioche")
    work = hand_in(ada, mine, at=now)
    first = judge_submission(work, by=assessor, entries=entries(work, 3))
    (judged,) = send_all()
    correct_judgement(first, by=assessor, entries=entries(work, 2), comments={})
    (corrected,) = send_all()

    assert "Hello Ada Byron," in judged
    assert "Your work “Brioche” was returned to you for revision." in returned
    assert "Your work “Brioche” was assessed." in judged
    assert "The assessment of your work “Brioche” was corrected." in corrected
    assert f"/coursework/{work.public_id}/" in corrected


def test_who_studies_hears_of_the_enrollment_and_not_of_a_replayed_one(
    ada: Learner, reader: User, school: Organization, registrar: User
) -> None:
    knead = new_competency(new_framework(), "knead", new_scale())
    open_assessment(school, knead)
    bread, cake = published(school, "Bread", knead), published(school, "Cake", knead)

    enroll(ada, version=bread, on=clock.now().date(), by=registrar)
    (told,) = send_all()
    enroll(ada, version=cake, on=date(2026, 3, 2), by=registrar, at=datetime.fromisoformat("2026-03-02T09:00:00Z"))

    assert "You are enrolled in “Bread” from" in told
    assert send_all() == []


# --- awards and credentials -------------------------------------------------------------------------------------------


def test_each_credential_says_what_happened(
    ada: Learner, reader: User, award: Award, issuer: Issuer, registrar: User
) -> None:
    paper = paper_of(award)
    first = [str(message.body) for message in mail.outbox]
    add_name(ada, kind=NameKind.LEGAL, text="Ada King", starts_on=date(2026, 3, 5), by=registrar, reason="marriage")

    reissue(paper, reason=IssueReason.NAME, by=registrar)
    (renamed,) = send_all()

    assert len(first) == 1
    assert "You were awarded: Bread." in first[0]
    assert "Hello Ada King," in renamed
    assert "was issued again, in your legal name of today." in renamed
    assert "You were awarded" not in renamed


def test_a_revocation_is_told_with_its_class_and_never_its_reason(
    ada: Learner, reader: User, award: Award, issuer: Issuer, registrar: User, colleague: User
) -> None:
    paper, why = paper_of(award), RevocationClass.ISSUED_IN_ERROR
    asked = ask_to_revoke(paper, why=why, reason="Mixed up with her sister.", by=registrar, at=clock.now())
    decide_approval(asked, approved=True, digest=asked.digest, by=colleague, at=clock.now())

    revoke(paper, why=why, reason="Mixed up with her sister.", by=registrar)
    (told,) = send_all()

    assert "Your credential “Bread” was revoked." in told
    assert "It had been issued in error." in told
    assert "sister" not in told


def test_a_rescission_is_told_once(
    ada: Learner, reader: User, award: Award, issuer: Issuer, registrar: User, colleague: User
) -> None:
    paper_of(award)

    take_back(award, asked_by=registrar, by=colleague, at=clock.now())
    (told,) = send_all()

    assert "Your award “Bread” was rescinded." in told


def ending(school: Organization, *, days: int) -> dict[str, object]:
    """The columns of an award whose first day without it is so many days from now."""
    until = clock.civil_date(clock.now(), school.zone) + timedelta(days=days)
    return {"valid_until": until, "holds_until": clock.day_begins(until, school.zone)}


@pytest.mark.parametrize("days", [30, 26, 31, 25])
def test_an_award_that_ends_in_a_month_is_announced_once(
    days: int, ada: Learner, reader: User, bread: AchievementVersion, school: Organization
) -> None:
    granted(ada, bread, **ending(school, days=days))

    sweep_lapsing()
    sweep_lapsing()

    told = 25 < days <= 30
    assert Job.objects.filter(name="programs.mail_lapsing").count() == told
    assert [("The last day of your award “Bread” is" in text) for text in send_all()] == [True] * told


def test_a_renewed_award_ends_in_silence(
    ada: Learner, reader: User, bread: AchievementVersion, school: Organization
) -> None:
    first = granted(ada, bread, **ending(school, days=30))
    granted(ada, bread, cycle=2)
    assert awards_to_announce(on=clock.civil_date(clock.now(), school.zone)) == [first.pk]

    sweep_lapsing()

    assert send_all() == []


# --- who is written to, and how ---------------------------------------------------------------------------------------


def _dies(record: Learner, _registrar: User) -> None:
    Learner.objects.filter(pk=record.pk).update(deceased_on=date(2026, 3, 6))


def _is_linked_with_one_who_died(record: Learner, registrar: User) -> None:
    other = learner_recipe.make(user=None, deceased_on=date(2026, 3, 6))
    link_records(record, other=other, by=registrar, at=clock.now(), reason="one person")


def _closes_the_account(record: Learner, _registrar: User) -> None:
    User.objects.filter(learner=record).update(is_active=False)


def _has_no_verified_address(record: Learner, _registrar: User) -> None:
    EmailAddress.objects.filter(user__learner=record).update(verified=False)


@pytest.mark.parametrize(
    "happens", [_dies, _is_linked_with_one_who_died, _closes_the_account, _has_no_verified_address]
)
def test_nobody_is_written_to_who_cannot_read_it(
    happens: Callable[[Learner, User], None], ada: Learner, reader: User, award: Award, issuer: Issuer, registrar: User
) -> None:
    happens(ada, registrar)

    paper_of(award)

    assert mail.outbox == []


def test_a_linked_record_is_told_at_the_account_of_the_other(
    ada: Learner, reader: User, issuer: Issuer, registrar: User, bread: AchievementVersion
) -> None:
    other = learner_recipe.make(user=None)
    link_records(ada, other=other, by=registrar, at=clock.now(), reason="one person")

    paper_of(granted(other, bread))

    assert [message.to for message in mail.outbox] == [[reader.email]]


@pytest.mark.parametrize(
    ("language", "greeting", "line"),
    [("de", "Guten Tag Ada Byron", "Bread"), ("ar", "Ada Byron", "Bread")],
)
def test_mails_speak_the_language_of_the_learner_and_subjects_say_nothing(
    language: str, greeting: str, line: str, reader: User, award: Award, issuer: Issuer
) -> None:
    User.objects.filter(pk=reader.pk).update(language=language)

    paper_of(award)

    (message,) = mail.outbox
    assert greeting in str(message.body)
    assert line in str(message.body)
    assert "You were awarded" not in str(message.body)
    assert not {"Ada", "Byron", "Bread"} & set(str(message.subject).split())


# --- approvals --------------------------------------------------------------------------------------------------------


def test_who_approves_reads_for_whom_what_why_and_what_follows(
    ada: Learner, award: Award, issuer: Issuer, registrar: User, colleague: User
) -> None:
    EmailAddress.objects.create(user=colleague, email=colleague.email, primary=True, verified=True)
    asked = ask_to_rescind(award, by=registrar, reason="Granted to her sister.", at=clock.now())

    (body,) = send_all()
    page = signed_in_client(colleague).get(f"/admin/accounts/approval/{asked.pk}/change/").content.decode()

    for words in ("Bread", f"Ada Byron ({ada.learner_number})", "Granted to her sister.", "The award ends for good"):
        assert words in body
        assert words in page
    assert {"Bread", "Ada", "Byron"} & set(str(mail.outbox[0].subject).split()) == set()


def test_each_subject_of_an_approval_is_named(
    award: Award, issuer: Issuer, registrar: User, school: Organization
) -> None:
    paper = paper_of(award)
    knead = new_competency(new_framework(), "knead", new_scale())
    open_assessment(school, knead)
    version = published(school, "Bread", knead)
    asked = [
        ask_to_revoke(paper, why=RevocationClass.ISSUED_IN_ERROR, reason="r", by=registrar, at=clock.now()),
        ask_to_rotate(issuer, reason="r", by=registrar, at=clock.now()),
        ask_to_retire(version, by=registrar, reason="r", at=clock.now()),
    ]

    subjects = [subject_of(row) for row in asked]

    assert [subject.learner for subject in subjects] == [f"Ada Byron ({award.learner.learner_number})", "", ""]
    assert [subject.title for subject in subjects][1:] == [str(issuer), f"Bread ({version.program.code}), version 1"]
    assert paper.award.achievement_version.title in subjects[0].title
    assert all(subject.consequence for subject in subjects)
