"""What keeps one job from taking everything: a time limit for each, and few processes for bulk work."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType

from django.conf import settings
from django.db import connection

from core.jobs.errors import OverdueError

# The first half of our advisory locks' keys, "jobs" in ASCII: nobody else's lock is meant.
BULK_SLOTS = 0x6A6F6273
# The database waits a little longer, so that a handler is normally ended by OverdueError and its connection lives on.
MARGIN = timedelta(seconds=10)


@contextmanager
def limited_to(limit: timedelta) -> Iterator[None]:
    """Raise OverdueError inside the block when it takes longer than `limit`.

    Works in a process's main thread, where worker processes run their jobs; elsewhere only the database's limits hold.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def overdue(_number: int, _frame: FrameType | None) -> None:
        raise OverdueError(f"it ran longer than {limit}")

    before = signal.signal(signal.SIGALRM, overdue)
    signal.setitimer(signal.ITIMER_REAL, limit.total_seconds())
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def limit_transaction(limit: timedelta) -> None:
    """Have the database end this transaction when a statement, or the silence between two, goes well beyond `limit`.

    The second frees the row of a worker whose machine vanished without closing its connection.
    """
    milliseconds = str(int((limit + MARGIN).total_seconds() * 1000))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true),"
            " set_config('idle_in_transaction_session_timeout', %s, true)",
            [milliseconds, milliseconds],
        )


@contextmanager
def bulk_slot() -> Iterator[bool]:
    """Whether one more process may work on the bulk lane; the slot is held for the block, or as long as we live.

    With fewer slots than worker processes, one is always free for what people wait for.
    """
    slot = next((slot for slot in range(settings.JOBS_BULK_AT_ONCE) if _asked("pg_try_advisory_lock", slot)), None)
    try:
        yield slot is not None
    finally:
        if slot is not None:
            _asked("pg_advisory_unlock", slot)


def _asked(function: str, slot: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [BULK_SLOTS, slot])
        answer = cursor.fetchone()
    return answer is not None and bool(answer[0])
