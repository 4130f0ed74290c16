"""Many writers at once: stored progress is what audit() says of all rows, and nobody is told of a deadlock."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from accounts.actions.learners import create_learner
from accounts.models import Learner, Organization, Role, User
from assessments.evidence.actions import record_evidence
from assessments.integrity import problems as mastery_problems
from assessments.models import Evidence
from competencies.models import Competency
from core import clock
from programs.curriculum.actions.authoring import Node, save_requirement
from programs.curriculum.actions.publishing import publish_version
from programs.enrollment.actions.cohorts import save_cohort
from programs.enrollment.actions.enrolling import enroll, record_event
from programs.integrity import problems
from programs.models import Enrollment, EventReason, ProgramVersion, Progress, RequirementKind
from programs.rules.enrollment import EventKind
from tests.assessments.places import MONDAY, finding, new_competency, new_framework, new_scale
from tests.assessments.test_ledger_concurrency import THREADS, together
from tests.programs.places import ask_for, draft_of, open_assessment, published, root_of
from tests.recipes import institution, make_staff

pytestmark = pytest.mark.django_db(transaction=True)

START = date(2026, 3, 2)
LONG_ENOUGH = 0.5  # seconds in which the other act would be through if it did not wait


@pytest.fixture
def school(db: None) -> Organization:
    organization: Organization = institution.make()
    return organization


@pytest.fixture
def two(school: Organization) -> tuple[Competency, Competency]:
    scale, framework = new_scale(), new_framework()
    both = new_competency(framework, "knead", scale), new_competency(framework, "bake", scale)
    open_assessment(school, *both)
    return both


def test_evidence_of_many_threads_beside_a_pause_and_a_publication(
    school: Organization, two: tuple[Competency, Competency]
) -> None:
    assessor: User = make_staff(Role.ASSESSOR)
    ada: Learner = create_learner("Ada Lovelace", by=assessor, at=MONDAY)
    first: ProgramVersion = published(school, "Bread", *two)
    second: ProgramVersion = published(school, "Cake", two[1], two[0])
    studies = enroll(ada, version=first, on=START, by=None, at=MONDAY)
    enroll(ada, version=second, on=START, by=None, at=MONDAY)
    draft = draft_of(school, "Pie", *two)
    items = [finding(two[place % 2], place % 4 + 1) for place in range(THREADS)]

    def record(place: int) -> Callable[[], object]:
        return lambda: record_evidence(ada, items=[items[place]], by=assessor)

    raised = together(
        *[record(place) for place in range(THREADS)],
        lambda: record_event(studies, kind=EventKind.PAUSE, on=START, reason=EventReason.HEALTH, by=None),
        lambda: publish_version(draft, by=None, at=clock.now()),
    )

    assert raised == []
    assert (Evidence.objects.count(), Enrollment.objects.count()) == (THREADS, 2)
    assert list(Progress.objects.values_list("status", "stale_since").distinct()) == [("met", None)]
    assert [*mastery_problems(), *problems()] == []


def test_one_person_is_enrolled_once_by_many(school: Organization, two: tuple[Competency, Competency]) -> None:
    registrar: User = make_staff(Role.REGISTRAR)
    ada: Learner = create_learner("Ada Lovelace", by=registrar, at=MONDAY)
    version = published(school, "Bread", *two)

    raised = together(*[lambda: enroll(ada, version=version, on=START, by=registrar)] * 6)

    assert [type(error).__name__ for error in raised] == ["AlreadyEnrolledError"] * 5
    assert Enrollment.objects.count() == 1


def test_what_is_wrong_is_noticed(school: Organization, two: tuple[Competency, Competency]) -> None:
    registrar: User = make_staff(Role.REGISTRAR)
    ada: Learner = create_learner("Ada Lovelace", by=registrar, at=MONDAY)
    studies = enroll(ada, version=published(school, "Bread", *two), on=START, by=registrar, at=MONDAY)
    at = datetime(2026, 3, 4, tzinfo=UTC)
    assert list(problems(at=at)) == []

    Progress.objects.update(percent=50)
    Enrollment.objects.update(ended_on=START)
    assert list(problems(at=at)) == [f"Enrollment {studies.pk} is not what its events say."]
    Enrollment.objects.update(ended_on=None)
    assert list(problems(at=at)) == [f"Progress {Progress.objects.get().pk} is not what the audit says: percent."]
    Progress.objects.all().delete()
    assert list(problems(at=at)) == [f"Enrollment {studies.pk} has no progress."]


def test_whoever_is_enrolled_while_their_cohort_changes_is_audited_again(
    school: Organization, two: tuple[Competency, Competency]
) -> None:
    draft = draft_of(school, "Bread")
    late = {"fact": "cohort_starts_on", "op": ">=", "values": ["2026-09-01"]}
    choice = Node(kind=RequirementKind.IF, qualifiers={"condition": late})
    group = save_requirement(None, version=draft, parent=root_of(draft), node=choice)
    for competency in two:
        ask_for(group, competency)
    version = publish_version(draft, by=None, at=MONDAY)
    cohort = save_cohort(None, version=version, title="Autumn", starts_on=START, ends_on=None, by=None)
    ada: Learner = create_learner("Ada Lovelace", by=None, at=MONDAY)
    enrolled = threading.Event()

    def admit() -> None:
        with transaction.atomic():
            enroll(ada, version=version, on=START, cohort=cohort, by=None, at=MONDAY)
            enrolled.set()
            time.sleep(LONG_ENOUGH)

    def move() -> None:
        enrolled.wait(10)
        save_cohort(cohort, version=version, title="Autumn", starts_on=date(2026, 9, 1), ends_on=None, by=None)

    assert together(admit, move) == []
    # A job audits it again: until then nothing shows the answer for the old day.
    assert Progress.objects.get().stale_since is not None
