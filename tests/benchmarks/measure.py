"""How a figure is taken and told: the same work several times, the plain way beside it, ratios from one run."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the report: what was measured, the value with its unit, and what it is compared with."""

    work: str
    value: str
    beside: str = ""
    target: str = ""


def seconds_each(work: Callable[[], object], *, times: int, warm: int = 1) -> list[float]:
    """Wall-clock seconds of each of `times` runs, after `warm` that do not count."""
    for _ in range(warm):
        work()
    taken = []
    for _ in range(times):
        before = time.perf_counter()
        work()
        taken.append(time.perf_counter() - before)
    return taken


def median_seconds(work: Callable[[], object], *, times: int = 7, warm: int = 1) -> float:
    """The median of `seconds_each`."""
    return statistics.median(seconds_each(work, times=times, warm=warm))


def pairwise_ratio(plain: Callable[[], object], ours: Callable[[], object], *, times: int = 5) -> float:
    """How many times longer the plain way takes: the median over pairs run in turn, so that a slow minute hits both."""
    plain()
    ours()
    ratios = []
    for _ in range(times):
        (slow,) = seconds_each(plain, times=1, warm=0)
        (quick,) = seconds_each(ours, times=1, warm=0)
        ratios.append(slow / quick)
    return statistics.median(ratios)


def medians_in_turn(
    ours: Callable[[], object],
    plain: Callable[[], object],
    *,
    times: int,
    warm: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """The medians of both, in seconds, run in turn, so that a slow minute hits both.

    `clock` is the wall's, or `time.process_time` for the CPU time of this process, without the database server's.
    """
    taken: tuple[list[float], list[float]] = ([], [])
    for place, work in ((0, ours), (1, plain)) * (times + warm):
        before = clock()
        work()
        taken[place].append(clock() - before)
    return statistics.median(taken[0][warm:]), statistics.median(taken[1][warm:])


def milliseconds(seconds: float) -> str:
    """`0.01234` as `12.3 ms`."""
    return f"{seconds * 1000:.1f} ms"
