"""Jobs under `kill -9` of real workers and loss of database connections: nothing lost, no atomic effect doubled.

`make test` runs fewer jobs and kills; with CAIRN_TEST_LONG=1 they are those of the acceptance: 3,000, 20 and 20.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import Celery
from django.db import connection, transaction
from django.db.models import QuerySet
from pytest_django import DjangoDbBlocker, Settings

from config.celery import FOLDER, app
from core.jobs import enqueue
from core.jobs.failures import DIED
from core.jobs.kinds import JobState
from core.jobs.models import Job
from tests.conftest import LONG
from tests.faults import tasks
from tests.faults.workers import House, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

# Handler, jobs, `kill -9` of the worker, losses of a connection.
ATOMIC, LEASED = (tasks.insert, 3_000, 20, 20), (tasks.insert_leased, 3_000, 20, 20)
STORMS = [ATOMIC, LEASED] if LONG else [(tasks.insert, 300, 2, 2), (tasks.insert_leased, 100, 1, 1)]

sender = Celery("tests", set_as_current=False)


@pytest.fixture(scope="module")
def running(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A worker and a beat for all tests of this module; they work on whatever stands in the test's database."""
    folder = tmp_path_factory.mktemp("house")
    messages = str(folder / "broker")
    options = {**FOLDER["broker_transport_options"], "data_folder_in": messages, "data_folder_out": messages}
    sender.conf.update({**FOLDER, "broker_transport_options": options}, task_queues=app.conf.task_queues)
    sender.conf.update(task_default_exchange="", task_ignore_result=True)
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE faults_effect (number bigint, at timestamptz)")
    house = House(folder, str(connection.settings_dict["NAME"]))
    try:
        yield house
    finally:
        house.stop()
        sender.close()
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DROP TABLE faults_effect")


@pytest.fixture
def house(running: House, transactional_db: None, settings: Settings) -> House:
    """The worker and the beat, both awake, with nothing to do, and woken by what this test promises."""
    settings.CELERY_APP = "tests.faults.test_jobs.sender"
    running.tend()
    promise(tasks.insert, 0)
    wait_until(all_ended(running), seconds=60)
    Job.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM faults_effect")
    return running


@pytest.mark.parametrize(("handler", "jobs", "kills", "cuts"), STORMS)
def test_no_job_is_lost_and_no_atomic_effect_doubled(
    house: House, handler: Callable[[int], None], jobs: int, kills: int, cuts: int, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = time.monotonic()

    in_hand = storm(house, handler, jobs, [kill_worker] * kills + [cut_connection] * cuts)
    wait_until(all_ended(house), seconds=180)

    seconds = time.monotonic() - begun
    counted = Counter(effects())
    again = ours().filter(attempts__gt=1).count()
    tell(
        capsys,
        f"{handler.__name__}: {jobs} jobs, {kills} kills and {cuts} cuts, {in_hand} of these with a job in hand:"
        f" {counted.total()} rows, {counted.total() - len(counted)} repeats, {again} jobs tried again, {seconds:.0f} s",
    )
    assert ours().filter(state=JobState.DONE).count() == jobs
    assert set(counted) == set(range(jobs))
    assert in_hand > 0
    if handler is tasks.insert:
        assert counted.total() == jobs


def test_a_job_that_kills_its_worker_ends_as_a_dead_letter(house: House) -> None:
    promise(tasks.kill_process, 1)
    promise(tasks.kill_process_leased, 2)
    promise(tasks.kill_worker, 3)
    for number in range(10, 15):
        promise(tasks.insert, number)

    wait_until(all_ended(house), seconds=120)

    dead = ours().filter(state=JobState.DEAD).order_by("pk")
    assert [(job.args, job.attempts, job.last_error) for job in dead] == [([n], 3, DIED) for n in (1, 2, 3)]
    assert sorted(effects()) == [
        2,
        2,
        2,
        10,
        11,
        12,
        13,
        14,
    ]  # the leased one's repeats, and the others
    assert house.log.read_text().count("job_gave_up") == 3


def test_a_chain_of_five_is_quick(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    taken = []
    for _time in range(5):
        begun = time.monotonic()
        promise(tasks.step, 4)
        wait_until(lambda: not ours().exclude(state=JobState.DONE).exists(), seconds=20, every=0.005)
        taken.append(time.monotonic() - begun)

    tell(capsys, f"chain of five jobs: {', '.join(f'{seconds:.2f}' for seconds in taken)} s")
    assert effects() == [4, 3, 2, 1, 0] * 5
    assert min(taken) < 2  # the best of five, because a busy machine may be slow at any time


def test_bulk_work_does_not_hold_up_what_people_wait_for(house: House) -> None:
    for number in range(4):
        promise(tasks.hold_bulk, number)
    wait_until(lambda: ours().filter(state=JobState.RUNNING).exists(), seconds=20)

    promise(tasks.insert, 7)
    wait_until(lambda: 7 in effects(), seconds=20)

    assert ours().filter(name="faults.hold_bulk", state=JobState.DONE).count() < 4


def test_a_worker_asked_to_stop_ends_its_job_and_takes_no_other(house: House) -> None:
    with transaction.atomic():
        for number in range(2_000):
            enqueue(tasks.insert, number)
    wait_until(lambda: len(effects()) > 20, seconds=20)

    status = house.worker.stop()

    left = ours().filter(state=JobState.WAITING).count()
    assert (status, ours().filter(state=JobState.RUNNING).count()) == (0, 0)
    assert left == 2_000 - len(effects())
    assert left > 0


def test_beat_starts_again_after_a_kill(house: House) -> None:
    for _time in range(3):
        house.beat.kill()
        house.beat.start()
    house.worker.kill()  # with it the wake-up that follows is lost
    promise(tasks.insert, 1)
    for message in (house.log.parent / "broker").glob("*.msg"):
        message.unlink()

    house.worker.start()

    wait_until(lambda: effects() == [1], seconds=60)


def test_no_words_of_an_exception_leave_a_real_worker(house: House) -> None:
    promise(tasks.fail_with_a_name)

    wait_until(all_ended(house), seconds=60)

    (row,) = ours().values()
    assert row["last_error"].startswith("ValueError at tests.faults.tasks:")
    assert "Quillfeather" not in house.log.read_text() + str(row)


def tell(capsys: pytest.CaptureFixture[str], figures: str) -> None:
    """Print what was measured, for docs/figures.md."""
    with capsys.disabled():
        print(f"\n{figures}")  # noqa: T201 - this is the report


def ours() -> QuerySet[Job]:
    """The jobs of these tests: beat, which is a real one, starts the product's periodic jobs beside them."""
    return Job.objects.filter(name__startswith="faults.")


def promise(handler: Callable[..., None], *ids: Any) -> None:
    with transaction.atomic():
        enqueue(handler, *ids)


def storm(house: House, handler: Callable[[int], None], jobs: int, strikes: list[Callable[[House], None]]) -> int:
    """Promise `jobs` in portions, and in the midst of each strike once; how many strikes met a job in hand."""
    chance = random.Random(2026)  # noqa: S311 - the same storm on every run
    chance.shuffle(strikes)
    portion = jobs // len(strikes)
    in_hand = 0
    for strike in strikes:
        first = ours().count()
        with transaction.atomic():
            for number in range(first, first + portion):
                enqueue(handler, number)
        goal = chance.randrange(portion // 2)
        house.tend()
        wait_until(at_most_waiting(portion - goal), seconds=60, every=0.001)
        in_hand += ours().filter(state=JobState.RUNNING).exists()
        strike(house)
    return in_hand


def at_most_waiting(count: int) -> Callable[[], bool]:
    return lambda: ours().filter(state=JobState.WAITING).count() <= count


def kill_worker(house: House) -> None:
    house.worker.kill()


def cut_connection(_house: House) -> None:
    """End a backend of the worker, one that is at work if there is one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            " ORDER BY state LIKE 'idle in transaction%%' DESC, state = 'active' DESC, random() LIMIT 1"
        )


def all_ended(house: House) -> Callable[[], bool]:
    def ended() -> bool:
        house.tend()
        return not ours().filter(state__in=[JobState.WAITING, JobState.RUNNING]).exists()

    return ended


def effects() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM faults_effect ORDER BY at")
        return [number for (number,) in cursor.fetchall()]
