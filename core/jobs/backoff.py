"""How long a failed job waits before its next attempt."""

import random
from datetime import timedelta

MAX_PAUSE = timedelta(hours=1)


def pause_after(attempts: int, *, first: timedelta, chance: random.Random) -> timedelta:
    """Twice as long after each attempt, up to an hour, give or take half, so that what failed together returns apart.

    `attempts` counts from 1; the result is min(first * 2 ** (attempts - 1), an hour), times 0.5 to 1.5.
    """
    doublings = min(attempts - 1, 32)  # the hour is long reached by then, and timedelta would overflow
    pause: timedelta = min(first * 2**doublings, MAX_PAUSE)
    return pause * chance.uniform(0.5, 1.5)
