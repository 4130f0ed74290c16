"""`seed_demo`, killed wherever it may be, goes on: nothing that was there changes, and what was missing comes."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from assessments.models import Evidence
from portal.actions.demo import content
from portal.actions.demo.acts import Judge
from portal.actions.demo.lives import life_of
from programs.models import Enrollment
from tests.conftest import ROOT
from tests.faults.programs import wait_until

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

LEARNERS = 3
# Change by themselves: what is asked of jobs, and when somebody was last seen.
RESTLESS = ("jobs_", "django_session", "pghistory_", "django_migrations")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for what the demo keeps, in which the tests' own embedded server is found, where there is one."""
    server = Path(settings.CAIRN_VAR) / "pg"
    if server.exists():
        (tmp_path / "pg").symlink_to(server)
    return tmp_path


def seed(folder: Path) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "CAIRN_FAULTS_DATABASE": str(connection.settings_dict["NAME"]),
        "CAIRN_FAULTS_FOLDER": str(folder),
        "CAIRN_VAR": str(folder),
        "CAIRN_DEMO": "1",
        "CAIRN_KEY_SECRET": "for the keys of a school that is made to be killed",
        "CAIRN_DEMO_LEARNERS": str(LEARNERS),
    }
    command = [sys.executable, "manage.py", "seed_demo", "--skip-checks"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)


def rows() -> dict[str, set[str]]:
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith(RESTLESS):
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a table's name from the catalog
                found[table] = {repr(row) for row in cursor.fetchall()}
    return found


def _begun(process: "subprocess.Popen[bytes]", learners: int) -> bool:
    """Whether so many lives are there; fails at once when the seeding ended by itself."""
    assert process.poll() is None
    return Enrollment.objects.count() >= learners


def killed(process: "subprocess.Popen[bytes]") -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_a_killed_seeding_goes_on_and_changes_nothing_that_was_there(folder: Path) -> None:
    for learners in range(LEARNERS):  # within the first life, the second, the third
        running = seed(folder)
        try:
            wait_until(partial(_begun, running, learners), within=600)
            time.sleep(1.0)
        finally:
            killed(running)
        assert Enrollment.objects.count() in {learners, learners + 1}
    kept, printed = rows(), json.loads((folder / "demo" / "sign-ins.json").read_text())

    assert seed(folder).wait(timeout=900) == 0
    whole = rows()
    assert seed(folder).wait(timeout=900) == 0

    assert rows() == whole
    changed = {table: kept[table] - whole[table] for table in kept if kept[table] - whole[table]}
    # A killed run has not given out passwords yet, nor used what the next life is the first to use.
    assert set(changed) <= {"accounts_user"}
    assert json.loads((folder / "demo" / "sign-ins.json").read_text()) == printed
    asked = [
        rank
        for person in content.learners()[:LEARNERS]
        for act in life_of(person, content.tasks())
        if isinstance(act, Judge)
        for rank in act.ranks
    ]
    assert Evidence.objects.count() == len(asked)
