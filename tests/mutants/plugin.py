"""Put into pytest by the mutation run: changes the test databases, and tells which test runs and which failed.

Both ways lead over the environment, so that workers of xdist are reached as well.
"""

import os
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from hypothesis import settings
from pytest_django import DjangoDbBlocker

SQL, REPORT = "CAIRN_MUTANT_SQL", "CAIRN_MUTANT_REPORT"
DID_NOT_APPLY = 70
EXAMPLES = 25


def pytest_collection_modifyitems() -> None:
    """Properties are tried with fewer examples: half an hour is for all mutants together, not for one."""
    settings.register_profile("mutants", settings.default, max_examples=EXAMPLES)
    settings.load_profile("mutants")


@pytest.fixture(scope="session", autouse=True)
def mutated_database(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> None:
    """Take from the test database what the mutant is without."""
    statement = os.environ.get(SQL, "")
    if statement:
        request.getfixturevalue("django_db_setup")
        with django_db_blocker.unblock():
            try:
                with connection.cursor() as cursor:
                    cursor.execute(statement)
            except DatabaseError as error:
                pytest.exit(f"did not apply: {error}", returncode=DID_NOT_APPLY)


def pytest_runtest_logstart(nodeid: str) -> None:
    _note("runs", nodeid)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:
        _note("failed", report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.failed:
        _note("failed", report.nodeid)


def _note(what: str, test: str) -> None:
    """A line for the run that started this process; workers of xdist tell it through the first one."""
    place = os.environ.get(REPORT)
    if place and "PYTEST_XDIST_WORKER" not in os.environ:
        with Path(place).open("a", encoding="utf-8") as report:
            report.write(f"{what} {test}\n")
