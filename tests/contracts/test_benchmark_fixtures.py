"""What benchmarks write with raw SQL fits the tables of today: nobody runs them with each change."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import Organization
from assessments.models import Evidence
from core.jobs.models import Job
from programs.models import Award, Granting
from tests.benchmarks import bench_desk, bench_evidence, bench_jobs
from tests.programs.places import awarding, draft_of, open_assessment

HERE = Path(bench_evidence.__file__).parent
INSERT = re.compile(r"INSERT INTO (\w+)\s*\(([^)]*)\)")
# A string that Python joins from several lines.
JOINED = re.compile(r"\"\s*\n\s*f?\"")


def _inserts() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield the file, table and columns of each INSERT of the benchmarks."""
    for path in sorted(HERE.glob("*.py")):
        source = JOINED.sub("", path.read_text(encoding="utf-8"))
        for table, columns in INSERT.findall(source):
            yield path.stem, table, frozenset(name.strip() for name in columns.split(","))


@pytest.mark.django_db
def test_raw_inserts_of_benchmarks_name_every_column_without_default() -> None:
    found = list(_inserts())
    wrong = []
    for benchmark, table, named in found:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT column_name, is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
                " AND is_generated = 'NEVER' FROM information_schema.columns WHERE table_name = %s",
                [table],
            )
            columns = dict(cursor.fetchall())
        required = {name for name, needed in columns.items() if needed}
        if missing := sorted(required - named):
            wrong.append(f"{benchmark}: {table} needs {', '.join(missing)}")
        if unknown := sorted(named - columns.keys()):
            wrong.append(f"{benchmark}: {table} has no {', '.join(unknown)}")

    assert wrong == []
    assert {benchmark for benchmark, _table, _named in found} >= {"bench_desk", "bench_evidence", "bench_jobs"}


@pytest.mark.django_db
def test_raw_statements_of_benchmarks_run_and_write() -> None:
    place = bench_evidence._place()
    sample = bench_evidence._record(place, bench_evidence._learner("first"))
    bench_evidence._fill(1, 3, sample)
    assert len(bench_evidence._newest(3)) == 3
    assert Evidence.objects.count() == 1 + 3 * bench_evidence.PIECES_EACH

    # One grant as it is measured, and the bare SQL of all that it writes.
    school = Organization.objects.ours().get(parent=None)
    open_assessment(school, place.knead)
    version = awarding(draft_of(school, "Crust", place.knead), Granting.AUTOMATIC)
    (granted,) = bench_evidence._studying([version], "granted", count=1)
    bench_evidence._record(place, granted)
    award = Award.objects.get(learner=granted)
    bench_evidence._bare(granted, sample, (*bench_evidence.WHOLE, *bench_evidence.GRANT), award=award.pk)
    assert sorted(Award.objects.filter(learner=granted).values_list("cycle", flat=True)) == [
        award.cycle,
        award.cycle + 1,
    ]

    jobs = Job.objects.count()
    bench_desk._fill(2)
    bench_jobs.sql(bench_jobs.PROMISE)
    bench_jobs.sql(bench_jobs.FINISH, [2])
    assert Job.objects.count() == jobs + 5
