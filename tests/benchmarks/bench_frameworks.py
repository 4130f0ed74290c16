"""Pages of frameworks as they grow, and a list of the desk: CPU time, statements and bytes, beside a bare view."""

import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions.learners import create_learner
from accounts.models import Role
from competencies.actions import import_package
from competencies.models import Competency, Framework
from core import clock
from programs.enrollment.actions.enrolling import enroll
from tests.assessments.places import MONDAY, new_competency, new_framework, new_scale
from tests.benchmarks.measure import Figure, milliseconds
from tests.competencies.packages import encoded, nested
from tests.conftest import ROOT
from tests.programs.places import open_assessment, published
from tests.recipes import institution, make_staff, signed_in_client

ITEMS = (50, 500, 5_000)
ROWS = 50
COMPETENCIES = 40
RUNS = {"usual": 9, "large": 25}
BARE = "/livez"
ENROLLMENTS = "/admin/programs/enrollment/"
CACHE = tempfile.TemporaryDirectory()  # of compiled modules; it goes with the process


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
    desk_rows(ROWS)
    registrar = signed_in_client(make_staff(Role.REGISTRAR))
    taken = page_cost(registrar, ENROLLMENTS, times=times)
    yield Figure(
        f"the desk's list of enrollments, {ROWS} rows, a program of {COMPETENCIES} competencies",
        f"CPU {milliseconds(taken.seconds)}, {taken.statements} statements, {taken.size / 1000:.1f} kB",
        f"bare view {milliseconds(taken.bare)}",
        "≤ 30 ms, ≤ 12 statements, ≤ 100 kB",
    )
    yield from importing(times)


def importing(times: int) -> Iterator[Figure]:
    """What a server computes before its first answer, with modules compiled; beside Python with Django set up bare."""
    ours = "import config.wsgi"
    plain = "from django.conf import settings; settings.configure(); import django.core.wsgi, django; django.setup()"
    begun: dict[str, list[float]] = {ours: [], plain: []}
    for run in range(times + 1):
        for code, seconds in begun.items():
            taken = _cpu_of_python(code)
            if run:  # the first run compiles what is not compiled yet
                seconds.append(taken)
    yield Figure(
        "`import config.wsgi`",
        f"CPU {milliseconds(statistics.median(begun[ours]))}",
        f"a bare Django {milliseconds(statistics.median(begun[plain]))}",
        "",
    )


def _cpu_of_python(code: str) -> float:
    """CPU seconds of a new interpreter that runs `code`."""
    before = os.times()
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": CACHE.name}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=ROOT)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


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


def desk_rows(count: int) -> None:
    """So many enrollments, with their learners, in one program of 40 competencies."""
    framework, scale, school = new_framework(), new_scale(), institution.make()
    asked = [new_competency(framework, f"skill {number}", scale) for number in range(COMPETENCIES)]
    open_assessment(school, *asked)
    version = published(school, "Bakery", *asked)
    for number in range(count):
        learner = create_learner(f"Learner {number}", by=None, at=MONDAY)
        enroll(learner, version=version, on=MONDAY.date(), by=None, at=MONDAY)


def _framework(count: int) -> Framework:
    report = import_package(encoded(nested(count)), at=clock.now(), publish=True)
    return Framework.objects.get(public_id=report.framework_id)
