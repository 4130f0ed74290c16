"""Enrollments are completed where the requirements are met; by rule where the award is in force."""

from datetime import date, timedelta

import pytest

from accounts.actions.learners import create_learner
from accounts.models import Learner, Organization, User
from competencies.models import Competency
from core.jobs.models import Job
from portal.actions.linking import link_persons
from programs.awards.actions.progress import due_learners, reaudit_if_due
from programs.decisions.actions import grant_exception
from programs.decisions.actions.approving import approve_exceptions
from programs.enrollment.actions import completing
from programs.enrollment.actions.completing import complete_awarded, enqueue_completions, learners_to_complete
from programs.enrollment.actions.enrolling import correct_event, enroll, record_event
from programs.errors import RequirementsNotMetError
from programs.integrity import problems
from programs.models import Award, Enrollment, EnrollmentEvent, EventReason, Granting, ProgramVersion
from programs.rules.attainments import ExceptionKind
from programs.rules.enrollment import EventKind
from tests.assessments.places import MONDAY, TUESDAY, show
from tests.programs.places import ask_for, awarding, draft_of, open_assessment, root_of

pytestmark = pytest.mark.django_db

START = date(2026, 3, 2)
LATER = TUESDAY + timedelta(days=7)


@pytest.fixture
def version(school: Organization, knead: Competency) -> ProgramVersion:
    """One competency; the certificate is granted by rule."""
    open_assessment(school, knead)
    draft = draft_of(school, "One")
    ask_for(root_of(draft), knead)
    return awarding(draft, Granting.AUTOMATIC)


def complete(enrollment: Enrollment, by: User) -> EnrollmentEvent:
    return record_event(
        enrollment, kind=EventKind.COMPLETE, on=TUESDAY.date(), reason=EventReason.REQUIREMENTS_MET, by=by, at=TUESDAY
    )


def test_what_is_not_met_is_completed_by_force_only(
    ada: Learner, bread: ProgramVersion, registrar: User, second: User
) -> None:
    studies = enroll(ada, version=bread, on=START, by=registrar, at=MONDAY)
    with pytest.raises(RequirementsNotMetError):
        complete(studies, registrar)
    forced = grant_exception(
        studies, kind=ExceptionKind.FORCE_COMPLETE, node="r1", words="The board said so.", by=registrar, at=TUESDAY
    )
    with pytest.raises(RequirementsNotMetError):  # one registrar alone completes nothing by force
        complete(studies, registrar)
    approve_exceptions(forced.batch, approved=True, by=second, at=TUESDAY)  # type: ignore[arg-type]  # it waits

    assert complete(studies, registrar).kind == EventKind.COMPLETE


def test_an_enrollment_is_completed_by_rule_once_its_award_is_in_force(
    ada: Learner, version: ProgramVersion, knead: Competency, registrar: User
) -> None:
    studies = enroll(ada, version=version, on=START, by=registrar, at=MONDAY)
    assert learners_to_complete(limit=9) == []
    show(ada, knead, 3, by=registrar, at=TUESDAY)

    assert learners_to_complete(limit=9) == [ada.pk]
    complete_awarded(ada.pk, at=LATER)

    studies.refresh_from_db()
    event = studies.events.order_by("-pk")[0]
    assert (event.kind, event.recorded_by, studies.ended_on) == ("complete", None, Award.objects.get().awarded_on)
    # A person takes the completion back: no rule completes the enrollment again.
    correct_event(event, by=registrar, at=LATER)
    assert (learners_to_complete(limit=9), complete_awarded(ada.pk, at=LATER)) == ([], [])
    assert list(problems(at=LATER)) == []


def test_one_who_waits_for_a_later_day_does_not_keep_the_sweep_from_the_next(
    ada: Learner,
    grace: Learner,
    version: ProgramVersion,
    knead: Competency,
    registrar: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(completing, "BATCH", 1)
    waits, goes_on = (enroll(row, version=version, on=START, by=registrar, at=MONDAY) for row in (ada, grace))
    for person in (ada, grace):
        show(person, knead, 3, by=registrar, at=TUESDAY)
    far = LATER.date() + timedelta(days=9)
    record_event(waits, kind=EventKind.PAUSE, on=far, reason=EventReason.WORK, by=registrar, at=TUESDAY)

    assert enqueue_completions(0) == 1
    assert enqueue_completions(ada.pk) == 1

    promised = Job.objects.filter(name__startswith="programs.complete").values_list("name", "args")
    assert list(promised.order_by("pk")) == [
        ("programs.complete_learner", [ada.pk]),
        ("programs.complete_learners", [ada.pk]),
        ("programs.complete_learner", [grace.pk]),
        ("programs.complete_learners", [grace.pk]),
    ]
    # The pause still lies ahead: nobody completes the enrollment on a day to come.
    assert complete_awarded(ada.pk, at=LATER) == []
    assert complete_awarded(grace.pk, at=LATER) == [goes_on]


def test_no_rule_awards_before_the_day_of_admission(
    ada: Learner, version: ProgramVersion, knead: Competency, registrar: User
) -> None:
    show(ada, knead, 3, by=registrar, at=MONDAY)

    enroll(ada, version=version, on=LATER.date(), by=registrar, at=TUESDAY)
    assert not Award.objects.exists()
    assert list(problems(at=TUESDAY)) == []

    assert due_learners(at=LATER) == [ada.pk]
    reaudit_if_due(ada.pk, at=LATER)
    assert Award.objects.awarded().get().awarded_on == LATER.date()


def test_no_rule_awards_to_the_dead_or_the_withdrawn(
    ada: Learner, grace: Learner, version: ProgramVersion, knead: Competency, registrar: User
) -> None:
    for person in (ada, grace):
        studies = enroll(person, version=version, on=START, by=registrar, at=MONDAY)
    Learner.objects.filter(pk=ada.pk).update(deceased_on=START)
    record_event(
        studies, kind=EventKind.WITHDRAW, on=TUESDAY.date(), reason=EventReason.OWN_WISH, by=registrar, at=TUESDAY
    )

    for person in (ada, grace):
        show(person, knead, 3, by=registrar, at=LATER)

    assert not Award.objects.exists()
    assert list(problems(at=LATER)) == []


def test_no_rule_awards_to_somebody_whose_other_record_says_that_they_died(
    ada: Learner, grace: Learner, twin: Learner, version: ProgramVersion, knead: Competency, registrar: User
) -> None:
    enroll(ada, version=version, on=START, by=registrar, at=MONDAY)
    for other in (grace, twin):
        link_persons(ada, other=other, reason="One person", by=registrar, at=MONDAY)
    Learner.objects.filter(pk=twin.pk).update(deceased_on=START)

    show(grace, knead, 3, by=registrar, at=LATER)

    assert not Award.objects.exists()
    assert list(problems(at=LATER)) == []


@pytest.fixture
def twin(registrar: User) -> Learner:
    return create_learner("A. Lovelace", by=registrar, at=MONDAY)
