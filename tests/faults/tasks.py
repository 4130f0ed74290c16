"""Handlers that a real worker runs while it is being killed; their effects are rows of a table without any key."""

import os
import signal
import time

from django.db import connection

from core.jobs import Lane, Mode, enqueue, job

CANARY = "Canary Quillfeather, canary@example.org"


def leave(number: int) -> None:
    """The effect."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO faults_effect VALUES (%s, clock_timestamp())", [number])


@job(name="faults.insert")
def insert(number: int) -> None:
    leave(number)
    time.sleep(0.005)  # so that a kill falls between the effect and the commit as often as elsewhere


@job(name="faults.insert_leased", mode=Mode.LEASED)
def insert_leased(number: int) -> None:
    time.sleep(0.003)
    leave(number)
    time.sleep(0.003)


@job(name="faults.kill_process", max_attempts=3)
def kill_process(number: int) -> None:
    leave(number)
    os.kill(os.getpid(), signal.SIGKILL)


@job(name="faults.kill_process_leased", mode=Mode.LEASED, max_attempts=3)
def kill_process_leased(number: int) -> None:
    leave(number)
    os.kill(os.getpid(), signal.SIGKILL)


@job(name="faults.kill_worker", max_attempts=3)
def kill_worker(number: int) -> None:
    leave(number)
    os.killpg(os.getpgrp(), signal.SIGKILL)


@job(name="faults.step")
def step(left: int) -> None:
    leave(left)
    if left:
        enqueue(step, left - 1)


@job(name="faults.hold_bulk", lane=Lane.BULK)
def hold_bulk(number: int) -> None:
    leave(number)
    time.sleep(3)


@job(name="faults.fail_with_a_name", max_attempts=1)
def fail_with_a_name() -> None:
    raise ValueError(CANARY)
