"""A page of a long list of the desk: what PostgreSQL takes, in front and far behind, beside counting and skipping."""

import statistics
from collections.abc import Callable, Iterator

from django.contrib.admin import site
from django.core.paginator import Paginator
from django.db import connection
from django.test import RequestFactory

from accounts.models import Role
from core.jobs.models import Job
from tests.benchmarks.measure import Figure, milliseconds
from tests.recipes import make_staff

ROWS = {"usual": 100_000, "large": 1_000_000}
PAGE = 50


def figures(size: str) -> Iterator[Figure]:
    """The time in PostgreSQL of all queries of a page, and how much longer the last page takes than the first."""
    rows = ROWS[size]
    _fill(rows)
    last = Job.objects.order_by("pk").values_list("pk", flat=True)[PAGE - 1]
    registrar = make_staff(Role.REGISTRAR)

    def desk(query: str) -> Callable[[], object]:
        request = RequestFactory().get(f"/admin/jobs/job/{query}")
        request.user, request.session = registrar, {}  # type: ignore[assignment]  # all that a list asks of a session
        return lambda: site._registry[Job].changelist_view(request).render()  # type: ignore[attr-defined]

    def plain() -> object:
        return list(Paginator(Job.objects.order_by("-pk"), PAGE).page(rows // PAGE).object_list)

    front, back = _in_postgresql(desk("")), _in_postgresql(desk(f"?after={last + 1}"))
    skipped = _in_postgresql(plain)
    yield Figure(
        f"desk list at {rows:,} rows, queries of one page",
        f"first {milliseconds(front)}, last {milliseconds(back)}",
        f"count and offset, last page {milliseconds(skipped)}",
        "≤ 5 ms",
    )
    yield Figure("desk list, last page beside the first", f"{back / front:.2f}x", "", "≤ 2x")


def _fill(rows: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO jobs_job (public_id, name, lane, mode, args, merges, state, attempts, max_attempts, last_error,
                                  finished_at)
            SELECT gen_random_uuid(), 'bench.nothing', 'bulk', 'atomic', '[]', false, 'done', 1, 3, '', now()
            FROM generate_series(1, %s)
            """,
            [rows],
        )
        cursor.execute("ANALYZE jobs_job")


def _in_postgresql(work: Callable[[], object]) -> float:
    """Seconds that PostgreSQL says it spends on planning and running what `work` asks; the median of nine."""
    asked: list[tuple[str, object]] = []

    def note(run: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
        asked.append((sql, params))
        return run(sql, params, many, context)

    with connection.execute_wrapper(note):
        work()
    return statistics.median(sum(_explained(sql, params) for sql, params in asked) for _ in range(9))


def _explained(sql: str, params: object) -> float:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)  # type: ignore[arg-type]
        (plan,) = cursor.fetchone()[0]
    return float(plan["Planning Time"] + plan["Execution Time"]) / 1000
