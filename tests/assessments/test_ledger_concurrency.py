"""Many writers at once: stored mastery is what decide() says of all rows, and nobody is told of a deadlock."""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest
from django.db import connection

from accounts.actions.learners import create_learner
from accounts.models import Learner, Role, User
from assessments.evidence.actions import record_evidence, void_evidence
from assessments.integrity import problems
from assessments.models import Evidence, Mastery, MasteryPolicyVersion, VoidReason
from competencies.actions import mark_used
from competencies.models import Competency, CompetencyRevision
from tests.assessments.places import FEBRUARY, MONDAY, finding, new_competency, new_framework, new_scale
from tests.recipes import institution, make_staff

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 32


def together(*works: Callable[[], object]) -> list[BaseException]:
    """Run all at the same moment, each on its own connection; what was raised."""
    barrier = threading.Barrier(len(works))
    raised: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever a user would have met
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return raised


@pytest.fixture
def people(db: None) -> tuple[Learner, User]:
    institution.make()
    assessor = make_staff(Role.ASSESSOR)
    return create_learner("Ada Lovelace", by=assessor, at=MONDAY), assessor


@pytest.fixture
def two(db: None) -> tuple[Competency, Competency]:
    scale, framework = new_scale(), new_framework()
    return new_competency(framework, "knead", scale), new_competency(framework, "bake", scale)


def test_evidence_of_many_threads_on_two_competencies(
    people: tuple[Learner, User], two: tuple[Competency, Competency]
) -> None:
    ada, assessor = people
    items = [finding(two[place % 2], place % 4 + 1, performed_on=FEBRUARY) for place in range(THREADS)]

    def record(place: int) -> Callable[[], object]:
        # Every other thread brings both competencies, in either order: locks must not depend on it.
        both = [items[place], finding(two[(place + 1) % 2], 2)] if place % 2 else [items[place]]
        return lambda: record_evidence(ada, items=both, by=assessor)

    publishing = [lambda: mark_used(CompetencyRevision.objects.order_by("-pk"), at=MONDAY) for _ in range(2)]
    raised = together(*[record(place) for place in range(THREADS)], *publishing)

    assert raised == []
    assert Evidence.objects.count() == THREADS + THREADS // 2
    assert Mastery.objects.count() == 2
    assert MasteryPolicyVersion.objects.count() == 1
    assert list(problems()) == []
    times: list[datetime] = list(Evidence.objects.order_by("pk").values_list("recorded_at", flat=True))
    assert times == sorted(times)


def test_recording_and_voiding_at_once(people: tuple[Learner, User], two: tuple[Competency, Competency]) -> None:
    ada, assessor = people
    rows = [record_evidence(ada, items=[finding(two[0], 3)], by=assessor, at=MONDAY).evidence[0] for _ in range(8)]

    def record() -> object:
        return record_evidence(ada, items=[finding(two[0], 2)], by=assessor)

    voiding = [partial(void_evidence, row, reason=VoidReason.MISTAKE, by=assessor) for row in rows]
    raised = together(*voiding, *[record] * 8)

    assert raised == []
    assert list(problems()) == []
    assert Mastery.objects.get().state == "withdrawn"


def test_one_source_at_once_from_many_threads_is_one_row(
    people: tuple[Learner, User], two: tuple[Competency, Competency]
) -> None:
    ada, assessor = people
    item = finding(two[0], 3)

    raised = together(*[lambda: record_evidence(ada, items=[item], by=assessor)] * 8)

    assert raised == []
    assert Evidence.objects.count() == 1


def test_first_needs_of_many_learners_make_one_default(two: tuple[Competency, Competency]) -> None:
    institution.make()
    assessor = make_staff(Role.ASSESSOR)
    learners = [create_learner(f"Learner {number}", by=assessor, at=MONDAY) for number in range(8)]

    firsts = [partial(record_evidence, row, items=[finding(two[0], 3)], by=assessor) for row in learners]
    raised = together(*firsts)

    assert raised == []
    assert MasteryPolicyVersion.objects.count() == 1
    assert Mastery.objects.count() == 8
    assert list(problems()) == []
