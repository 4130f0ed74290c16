"""The desk's page about jobs: staff read it, registrars try again or dismiss."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from accounts.models import Role
from core.jobs import Lane
from core.jobs.kinds import JobState
from core.jobs.models import Job
from core.jobs.worker import drain
from tests.core.jobs import handlers
from tests.recipes import make_staff, signed_in_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead(promise: Callable[..., Job]) -> Job:
    made = promise(handlers.oversleep)
    drain(Lane.NOW)
    made.refresh_from_db()
    return made


def test_staff_see_what_gave_up_and_why(dead: Job) -> None:
    page = signed_in_client(make_staff(Role.ASSESSOR)).get(reverse("admin:jobs_job_changelist")).content.decode()

    assert "tests.oversleep" in page
    assert "it ran longer than 0:00:00.200000" in page
    assert "1 of 1" in page


@pytest.mark.parametrize(("verb", "state"), [("retry", JobState.WAITING), ("dismiss", JobState.DEAD)])
def test_a_registrar_decides_about_a_job_that_gave_up(dead: Job, verb: str, state: JobState) -> None:
    client = signed_in_client(make_staff(Role.REGISTRAR))

    client.post(reverse(f"admin:jobs_job_{verb}", args=[dead.pk]))

    dead.refresh_from_db()
    assert (dead.state, Job.objects.dead().count()) == (state, 0)


@pytest.mark.parametrize("verb", ["retry", "dismiss"])
def test_others_do_not(dead: Job, verb: str) -> None:
    client = signed_in_client(make_staff(Role.INSPECTOR))

    assert client.post(reverse(f"admin:jobs_job_{verb}", args=[dead.pk])).status_code == 403
    assert Job.objects.dead().count() == 1


def test_the_record_shows_its_verbs_only_while_they_can_be_done(dead: Job) -> None:
    client = signed_in_client(make_staff(Role.REGISTRAR))
    page, retry = reverse("admin:jobs_job_change", args=[dead.pk]), reverse("admin:jobs_job_retry", args=[dead.pk])

    before = client.get(page).content.decode()
    client.post(retry)
    after = client.get(page).content.decode()

    assert (retry in before, retry in after) == (True, False)
