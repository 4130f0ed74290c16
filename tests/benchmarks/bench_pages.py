"""Pages of frameworks as they grow, and a list of the desk: CPU time, statements and bytes, beside a bare view."""

import logging
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from competencies.actions import import_package
from competencies.models import Competency, Framework
from config.base import clock
from tests.benchmarks.measure import Figure, milliseconds
from tests.competencies.packages import encoded, nested

ITEMS = (50, 500, 5_000)
RUNS = {"usual": 9, "large": 25}
BARE = "/livez"


def figures(size: str) -> Iterator[Figure]:
    """The pages of frameworks of 50, 500 and 5,000 items and of a competency in the middle of each."""
    client, times = Client(), RUNS[size]
    for count in ITEMS:
        row = _framework(count)
        inner = Competency.objects.get(framework=row, code=f"item {count // 2:04}")
        for name, path in (
            ("a framework's page", row.get_absolute_url()),
            ("a competency's page", inner.get_absolute_url()),
        ):
            taken = page_cost(client, path, times=times)
            yield Figure(
                f"{name}, {count:,} items",
                f"CPU {milliseconds(taken.seconds)}, {taken.statements} statements, {taken.size / 1000:.1f} kB",
                f"bare view {milliseconds(taken.bare)}",
                "≤ 12 statements, ≤ 100 kB",
            )


@dataclass(frozen=True)
class PageCost:
    """Median CPU seconds of this process for the page and for a bare view in turn; statements; bytes of the body."""

    seconds: float
    bare: float
    statements: int
    size: int


def page_cost(client: Client, path: str, *, times: int, bare: str = BARE) -> PageCost:
    """What `path` costs through the whole stack of middleware, measured in turn with the view at `bare`."""
    with _unlogged():
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            response = client.get(path)
        assert response.status_code == HTTPStatus.OK, (path, response.status_code)
        statements = len(asked)
        page, plain = [], []
        for _ in range(times):
            plain.append(_cpu_seconds(lambda: client.get(bare)))
            page.append(_cpu_seconds(lambda: client.get(path)))
    return PageCost(statistics.median(page), statistics.median(plain), statements, len(response.content))


@contextmanager
def _unlogged() -> Iterator[None]:
    """Without a line per request between those of the report."""
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _cpu_seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def _framework(count: int) -> Framework:
    report = import_package(encoded(nested(count)), at=clock.now(), publish=True)
    return Framework.objects.get(public_id=report.framework_id)
