"""The outbox: what a promise and a run cost, and whether a million finished jobs slow down the next one."""

import statistics
from collections.abc import Callable, Iterator

from django.db import connection, transaction

from core.jobs import Lane, enqueue, job
from core.jobs.kinds import JobState
from core.jobs.models import Job
from core.jobs.queries import dead_jobs_count, oldest_due_age
from core.jobs.sweep import lanes_with_work, take_back
from core.jobs.wake import WakeUp
from core.jobs.worker import drain, take
from tests.benchmarks.measure import Figure, milliseconds, seconds_each

FINISHED = {"usual": 100_000, "large": 1_000_000}
RUNS = 300
PROMISE = (
    "INSERT INTO jobs_job (public_id, name, lane, mode, args, merges, state, attempts, max_attempts, last_error)"
    " VALUES (gen_random_uuid(), 'benchmarks.nothing', 'now', 'atomic', '[1]', false, 'waiting', 0, 10, '')"
)
FINISH = (
    "INSERT INTO jobs_job (public_id, name, lane, mode, args, merges, state, attempts, max_attempts, run_at,"
    " started_at, finished_at, last_error) SELECT gen_random_uuid(), 'benchmarks.nothing', 'now', 'atomic', '[1]',"
    " false, 'done', 1, 10, now() - n * interval '1 second', now(), now(), '' FROM generate_series(1, %s) AS n"
)


@job(name="benchmarks.nothing")
def nothing(_number: int) -> None:
    """The handler whose runs cost nothing but the outbox."""


def figures(size: str) -> Iterator[Figure]:
    """Promises and runs against the barest SQL that could stand in for them; the next job at 0 and at many finished."""
    Job.objects.all().delete()
    bare, ours = bare_promises(), promises()
    yield Figure("promise a job, in a transaction of its own", milliseconds(ours), f"bare INSERT {milliseconds(bare)}")
    bare, ours = bare_runs(), runs()
    yield Figure("run an atomic job, two commits", milliseconds(ours), f"bare SQL {milliseconds(bare)}")
    few, many = looks(), looks_among(FINISHED[size])
    for name, seconds in many.items():
        yield Figure(
            f"{name}, {FINISHED[size]:,} finished jobs",
            milliseconds(seconds),
            f"none: {milliseconds(few[name])}",
            "≤ 2x" if seconds <= 2 * few[name] else "≤ 2x, MISSED",
        )
    Job.objects.all().delete()


def promises() -> float:
    return usual(lambda: promise(1))


def bare_promises() -> float:
    return usual(lambda: sql(PROMISE))


def runs() -> float:
    """Seconds of a drain that ends after one job."""
    promise(RUNS + 3)
    return usual(lambda: drain(Lane.NOW, stop=iter([False, True]).__next__), times=RUNS)


def bare_runs() -> float:
    """The same two commits and statements without Django's layers: take, then lock and mark."""
    Job.objects.all().delete()
    promise(RUNS + 3)
    one = (
        "UPDATE jobs_job SET state = 'running', lease = gen_random_uuid(), attempts = 1, started_at = now()"
        " WHERE id = (SELECT id FROM jobs_job WHERE state = 'waiting' AND lane = 'now' AND run_at <= now()"
        " ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)"
    )
    two = (
        "WITH held AS (SELECT id FROM jobs_job WHERE state = 'running' FOR UPDATE) UPDATE jobs_job"
        " SET state = 'done', lease = NULL, finished_at = now() FROM held WHERE jobs_job.id = held.id"
    )

    def run() -> None:
        sql(one)
        sql(two)

    return usual(run, times=RUNS)


def looks() -> dict[str, float]:
    """Seconds of what is asked all the time."""
    Job.objects.exclude(state=JobState.DONE).delete()
    promise(RUNS + 20)
    first = Job.objects.order_by("-pk").values_list("pk", flat=True)[0]
    return {
        "take the next job": usual(lambda: take(Lane.NOW), times=RUNS),
        "sweep: what dead workers left": usual(take_back),
        "sweep: lanes with work": usual(lanes_with_work),
        "after a commit: is a wake-up under way": usual(lambda: WakeUp(Lane.NOW, first)._under_way()),
        "/readyz": usual(lambda: (dead_jobs_count(), oldest_due_age())),
    }


def looks_among(finished: int) -> dict[str, float]:
    sql(FINISH, [finished])
    sql("ANALYZE jobs_job")
    return looks()


def promise(count: int) -> None:
    with transaction.atomic():
        for number in range(count):
            enqueue(nothing, number)


def sql(statement: str, values: list[int] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def usual(work: Callable[[], object], *, times: int = 200) -> float:
    """The quickest tenth's limit: what the work takes, without what else the machine does meanwhile."""
    return statistics.quantiles(seconds_each(work, times=times, warm=3), n=10)[0]
