"""Issuing under `kill -9` of a process group, at each of its seams: one award, one paper, nothing left over.

`make test` kills twice at each point; with CAIRN_TEST_LONG=1 ten times, which is the acceptance.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from pytest_django import DjangoDbBlocker

from accounts.actions.learners import create_learner
from accounts.models import Role, User
from core.jobs.models import Job
from credentials.issuing.actions.issuers import save_issuer
from credentials.issuing.actions.keys import make_first_key
from credentials.models import Credential, DocumentState, StatusEntry
from programs.awards.actions.awards import grant_award
from programs.enrollment.actions.enrolling import enroll
from programs.models import Award, Granting
from tests.assessments.places import MONDAY, new_competency, new_framework, new_scale, show
from tests.conftest import LONG
from tests.faults.failpoints import POINTS
from tests.faults.nursery import Child, Nursery
from tests.faults.workers import BEAT, Program, environment_in, wait_until
from tests.programs.places import awarding, draft_of, open_assessment
from tests.recipes import institution, make_staff

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = 10 if LONG else 2
RECOVERS_WITHIN = 30.0 if LONG else 120.0  # the acceptance; beside other tests a machine may be slow at any time
AFTER_GRANT = "after_grant"


@dataclass
class House:
    """A beat, one worker after another, and the folder in which their deaths are armed."""

    nursery: Nursery
    beat: Program
    points: Path
    worker: Child

    def tend(self) -> None:
        """Start a worker again when it is dead."""
        if not self.worker.alive():
            self.worker = self.nursery.start_worker()


@pytest.fixture(scope="module")
def running(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("issuing")
    points = folder / "points"
    points.mkdir()
    secret = ",".join(django_settings.CAIRN_KEY_SECRET)
    with django_db_blocker.unblock():
        database = str(connection.settings_dict["NAME"])
    environment = environment_in(folder, database, CAIRN_FAULTS_POINTS=str(points), CAIRN_KEY_SECRET=secret)
    log = folder / "log"
    nursery = Nursery(environment, log=log)
    beat = Program((*BEAT, f"--schedule={folder / 'beat'}"), environment=environment, log=log)
    try:
        yield House(nursery, beat, points, nursery.start_worker())
    finally:
        beat.kill()
        nursery.stop()


@pytest.fixture
def house(running: House, transactional_db: None) -> Iterator[House]:
    """All awake; nobody is at work any more when the tables are emptied."""
    running.tend()
    yield running
    running.worker.kill()


@pytest.fixture
def registrar(transactional_db: None) -> User:
    return make_staff(Role.REGISTRAR)


@pytest.fixture
def proposed(registrar: User) -> Callable[[], Award]:
    """Call it for an award of another person that waits for the registrar, at a school that signs."""
    school = institution.make()
    issuer = save_issuer(None, organization=school, slug="lakeside", name="Lakeside", by=None, at=MONDAY)
    make_first_key(issuer, by=None, at=MONDAY)
    knead = new_competency(new_framework(), "knead", new_scale())
    open_assessment(school, knead)
    bread = awarding(draft_of(school, "Bread", knead), Granting.REGISTRAR)

    def one_more() -> Award:
        person = create_learner("Ada Lovelace", by=registrar, at=MONDAY)
        enroll(person, version=bread, on=date(2026, 3, 2), by=registrar, at=MONDAY)
        show(person, knead, 3, by=registrar, at=MONDAY)
        award: Award = Award.objects.proposed().get(learner=person)
        return award

    return one_more


def all_ended() -> bool:
    return not Job.objects.filter(state__in=["waiting", "running"]).exclude(name__startswith="jobs.").exists()


def assert_one_paper_each(awards: list[Award]) -> None:
    papers = Credential.objects.order_by("award")
    entries = StatusEntry.objects.values_list("status_list", "index")

    assert list(Award.objects.standing().order_by("pk")) == awards
    assert [(paper.award_id, paper.state) for paper in papers] == [(it.pk, DocumentState.SIGNED) for it in awards]
    assert len(set(entries)) == len(entries) == len(awards)
    assert not papers.filter(notified_at=None).exists()
    assert not Job.objects.filter(state="dead").exists()


@pytest.mark.parametrize("point", [AFTER_GRANT, *POINTS])
def test_a_kill_at_each_seam_leaves_one_award_and_one_paper(
    house: House, proposed: Callable[[], Award], registrar: User, point: str, capsys: pytest.CaptureFixture[str]
) -> None:
    awards, taken = [], []
    for _kill in range(KILLS):
        award = proposed()
        if point == AFTER_GRANT:
            house.nursery.start_grant(award.pk, registrar.pk).await_death()
        else:
            (house.points / point).touch()
            grant_award(award, by=registrar)
            house.worker.await_death()
            assert not (house.points / point).exists()
        awards.append(award)
        house.tend()
        taken.append(wait_until(all_ended, seconds=RECOVERS_WITHIN))

    with capsys.disabled():
        print(f"\n{KILLS} kills {point}: all done {min(taken):.1f} to {max(taken):.1f} s later")  # noqa: T201 - a figure
    assert_one_paper_each(awards)
