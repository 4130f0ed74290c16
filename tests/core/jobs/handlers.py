"""Handlers of the outbox's own tests; their effects are rows of a table without any key."""

import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import connection

from core.jobs import Lane, Mode, enqueue, job
from core.jobs.errors import ImpersonalError

CANARY = "Canary Quillfeather, canary@example.org"

calls: list[object] = []
# What `call_back` does: set by a test, for what only that test knows.
behaviour: list[Callable[[], None]] = []


def leave(number: int) -> None:
    """The effect."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO tests_effect VALUES (%s)", [number])


def effects() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM tests_effect ORDER BY number")
        return [number for (number,) in cursor.fetchall()]


@job(name="tests.insert")
def insert(number: int) -> None:
    leave(number)


@job(name="tests.insert_bulk", lane=Lane.BULK)
def insert_bulk(number: int) -> None:
    leave(number)


@job(name="tests.insert_leased", mode=Mode.LEASED)
def insert_leased(number: int) -> None:
    leave(number)


@job(name="tests.insert_slowly")
def insert_slowly(number: int) -> None:
    leave(number)
    time.sleep(0.5)


@job(name="tests.fail", max_attempts=3)
def fail(number: int) -> None:
    leave(number)
    raise ValueError(CANARY)


@job(name="tests.fail_leased", mode=Mode.LEASED, max_attempts=3)
def fail_leased(number: int) -> None:
    leave(number)
    raise ValueError(CANARY)


class QuotaError(ImpersonalError):
    """An error whose words may be kept."""


@job(name="tests.refuse")
def refuse() -> None:
    raise QuotaError("the quota of 5 documents is used up")


@job(name="tests.step")
def step(left: int) -> None:
    leave(left)
    if left:
        enqueue(step, left - 1)


@job(name="tests.oversleep", time_limit=timedelta(seconds=0.2), max_attempts=1)
def oversleep() -> None:
    time.sleep(5)


@job(name="tests.oversleep_in_database", time_limit=timedelta(seconds=0.2), max_attempts=1)
def oversleep_in_database(number: int) -> None:
    leave(number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(3)")


@job(name="tests.call_back", max_attempts=3)
def call_back() -> None:
    behaviour[-1]()


@job(name="tests.call_back_leased", mode=Mode.LEASED, max_attempts=3)
def call_back_leased() -> None:
    behaviour[-1]()


@job(name="tests.remember")
def remember(number: int, public_id: UUID) -> None:
    calls.append((number, public_id))
