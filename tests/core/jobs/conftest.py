"""A table for effects, a look at the messages that were sent, and jobs as a dead worker leaves them."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from core.jobs import enqueue
from core.jobs.kinds import JobState, Mode
from core.jobs.models import Job
from tests.core.jobs import handlers

Promise = Callable[..., Job]


@pytest.fixture(autouse=True)
def effect_table(request: pytest.FixtureRequest) -> Iterator[None]:
    """The table that handlers write to, without a key that could hide a repeat."""
    marker = request.node.get_closest_marker("django_db")
    if marker is None:
        yield
        return
    kept = marker.kwargs.get("transaction", False)
    request.getfixturevalue("transactional_db" if kept else "db")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE tests_effect (number bigint)")
    yield
    if kept:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE tests_effect")


@pytest.fixture(autouse=True)
def forget_calls() -> Iterator[None]:
    yield
    handlers.calls.clear()
    handlers.behaviour.clear()


@pytest.fixture
def promise() -> Promise:
    """Promises in a transaction of its own."""

    def promised(handler: Callable[..., None], *ids: Any, **options: Any) -> Job:
        with transaction.atomic():
            return enqueue(handler, *ids, **options)

    return promised


@pytest.fixture
def wake_ups() -> Callable[[], list[str]]:
    """The lanes of the messages that lie in the test's broker; looking takes them out."""
    from config.celery import app

    def lanes() -> list[str]:
        found = []
        with app.connection_for_read() as broker:
            for queue in app.conf.task_queues:
                waiting = broker.SimpleQueue(queue)
                for _message in range(waiting.qsize()):
                    message = waiting.get(block=False)
                    found.append(message.payload[0][0])
                    message.ack()
        return found

    lanes()
    return lanes


def left_by_dead_worker(job: Job, *, attempts: int = 1, ago: timedelta = timedelta(minutes=5)) -> Job:
    """`job` as it stands in the table when its worker was killed while running it."""
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING,
        lease=uuid.uuid4(),
        attempts=attempts,
        started_at=Now() - ago,
        leased_until=Now() - ago if job.mode == Mode.LEASED else None,
    )
    return Job.objects.get(pk=job.pk)


def let_time_pass() -> None:
    """All backoffs are over."""
    Job.objects.filter(state=JobState.WAITING).update(run_at=Now() - timedelta(seconds=1))
