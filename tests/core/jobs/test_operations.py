"""What an operator sees: the command, /readyz, the timetable, and what nobody may do past the outbox."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.db.models.functions import Now
from django.test import Client

from config.celery import app, timetable
from core import clock
from core.jobs import Lane, job, queries
from core.jobs.actions import retry_job
from core.jobs.errors import HandlerNameTakenError, NotDeadError
from core.jobs.kinds import JobState
from core.jobs.models import Job
from core.jobs.registry import all_handlers, handler_named
from core.jobs.worker import drain
from tests import PACKAGES
from tests.conftest import ROOT
from tests.core.jobs import handlers

pytestmark = pytest.mark.django_db

Promise = Callable[..., Job]


@pytest.fixture
def dead(promise: Promise) -> Job:
    made = promise(handlers.oversleep)
    drain(Lane.NOW)
    made.refresh_from_db()
    return made


def test_the_command_counts_and_says_who_waits_longest(promise: Promise) -> None:
    promise(handlers.insert, 1)
    drain(Lane.NOW)
    Job.objects.filter(pk=promise(handlers.insert_bulk, 2).pk).update(run_at=Now() - timedelta(seconds=90))

    words, facts = _told()

    assert words[:-1] == ["bulk: 1 waiting", "now: 1 done", "Waiting longest: 1\xa0minute"]
    assert facts["counts"] == {"bulk": {"waiting": 1}, "now": {"done": 1}}
    assert (facts["ok"], facts["dead"], facts["oldest_due_seconds"]) == (True, 0, 90)


def test_the_command_fails_while_a_job_gave_up(dead: Job) -> None:
    with pytest.raises(CommandError, match="1 jobs gave up: find the reason, then --retry or --dismiss them"):
        _told()


def test_the_command_tries_one_again_and_runs_it(dead: Job) -> None:
    _words, retried = _told("--retry", str(dead.public_id))
    with pytest.raises(CommandError, match="gave up"):
        _told("--run")

    dead.refresh_from_db()
    assert (retried["retried"], dead.attempts, dead.state) == ([str(dead.public_id)], 1, JobState.DEAD)


def test_the_command_tries_all_again_or_dismisses_one(dead: Job) -> None:
    _words, retried = _told("--retry", "all")
    drain(Lane.NOW)
    _words, dismissed = _told("--dismiss", str(dead.public_id))

    assert (retried["retried"], dismissed["dismissed"]) == ([str(dead.public_id)], [str(dead.public_id)])


def test_the_command_refuses_in_plain_words(promise: Promise) -> None:
    waiting = promise(handlers.insert, 1)

    with pytest.raises(CommandError, match=r"is waiting\. Only a task that failed can be tried again or dismissed"):
        _told("--retry", str(waiting.public_id))
    with pytest.raises(CommandError, match="No job goes by 7"):
        _told("--retry", "7")


def test_only_a_job_that_gave_up_is_tried_again(promise: Promise) -> None:
    with pytest.raises(NotDeadError):
        retry_job(promise(handlers.insert, 1), by=None, at=clock.now())


def test_readyz_tells_of_dead_jobs_and_stays_ready(client: Client, dead: Job) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"ready": True, "dead_jobs": 1, "oldest_due_seconds": None})


def test_readyz_tells_how_long_the_oldest_waits(client: Client, promise: Promise) -> None:
    Job.objects.filter(pk=promise(handlers.insert, 1).pk).update(run_at=Now() - timedelta(seconds=30))

    assert client.get("/readyz").json()["oldest_due_seconds"] == 30


def test_readyz_is_not_ready_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable() -> int:
        raise OperationalError("connection refused")

    monkeypatch.setattr("portal.pages.health.dead_jobs_count", unreachable)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {"ready": False})


def test_beat_sends_the_sweep_and_every_periodic_job() -> None:
    periodic = {handler.name for handler in all_handlers() if handler.every}

    assert set(timetable()) == {"sweep", *periodic}
    assert "jobs.remove_finished" in periodic


def test_each_lane_is_a_queue() -> None:
    assert [queue.name for queue in app.conf.task_queues] == [lane.value for lane in Lane]


def test_every_handlers_name_leads_to_it_and_says_where_it_lives() -> None:
    labels = {config.name: config.label for config in apps.get_app_configs()}
    strays = [
        handler.name
        for handler in all_handlers()
        if not handler.function.__module__.startswith("tests.")
        and (
            handler_named(handler.name).function is not handler.function
            or handler.name.split(".")[0] != labels.get(handler.function.__module__.removesuffix(".tasks"))
        )
    ]

    assert strays == []


def test_a_name_leads_to_one_function() -> None:
    taken = r"tests\.insert is already the name of tests\.core\.jobs\.handlers"
    with pytest.raises(HandlerNameTakenError, match=taken):

        @job(name="tests.insert")
        def another(_number: int) -> None: ...


@pytest.mark.parametrize("name", ["insert", "Tests.insert", "tests.insert now", "tests.", "tests.insert.one"])
def test_a_name_has_a_form(name: str) -> None:
    with pytest.raises(ValueError, match="is no name for a job"):
        job(name=name)


def test_a_periodic_handler_takes_no_ids() -> None:
    with pytest.raises(TypeError, match="it can take no ids"):

        @job(name="tests.periodic", every=timedelta(days=1))
        def periodic(_number: int) -> None: ...


def test_work_is_promised_through_the_outbox_only() -> None:
    """Celery's own ways lose work: only core/jobs speaks with it."""
    ways = (".delay(", ".apply_async(", ".delay_on_commit(", "shared_task", "send_task")
    sources = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    found = [
        path.relative_to(ROOT)
        for path in sources
        if not path.is_relative_to(ROOT / "core/jobs") and any(way in path.read_text() for way in ways)
    ]

    assert (found, len(sources) > 50) == ([], True)


def test_no_job_means_no_age() -> None:
    assert (queries.oldest_due_age(), queries.dead_jobs_count(), queries.job_counts()) == (None, 0, {})


def _told(*options: str) -> tuple[list[str], dict[str, object]]:
    out = StringIO()
    call_command("jobs", "--json", *options, stdout=out)
    *words, facts = out.getvalue().splitlines()
    return [*words, ""], json.loads(facts)
