"""Jobs while PostgreSQL itself is killed, on a server of this test's own: every acknowledged promise is kept, once."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.conftest import ROOT
from tests.faults.workers import House

JOBS, KILLS = 3_000, 3

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not settings.DATABASE_EMBEDDED, reason="kills the embedded server; DATABASE_URL names another"),
]


class NotNowError(Exception):
    """A program failed; PostgreSQL may be recovering."""


class OwnServer:
    """An embedded server in a folder of its own, reached through programs only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "var"
        self.environment = {
            "CAIRN_VAR": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "CAIRN_FAULTS_DATABASE": "cairn",
            "CAIRN_FAULTS_FOLDER": str(folder),
        }

    def run(self, *command: str) -> str:
        told = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            check=False,
            capture_output=True,
            text=True,
        )
        if told.returncode:
            raise NotNowError(told.stderr)
        return told.stdout

    def report(self) -> dict[str, Any]:
        """The counts, as soon as the server has recovered."""
        for _attempt in range(10):
            try:
                told: dict[str, Any] = json.loads(self.run("-m", "tests.faults.promise", "report").splitlines()[-1])
            except NotNowError as error:
                last = error
                time.sleep(1)
            else:
                return told
        raise last


@pytest.fixture
def server(tmp_path: Path) -> OwnServer:
    own = OwnServer(tmp_path)
    own.run("manage.py", "migrate", "--no-input")
    own.run("-m", "tests.faults.promise", "prepare")
    return own


@pytest.fixture
def house(server: OwnServer, tmp_path: Path) -> Iterator[House]:
    running = House(tmp_path, "cairn", also=server.environment)
    try:
        yield running
    finally:
        running.stop()


def test_jobs_survive_the_death_of_postgresql(server: OwnServer, house: House) -> None:
    server.run("-m", "tests.faults.promise", "promise", str(JOBS))
    for _time in range(KILLS):
        assert server.report()["left"] > 0
        postmaster = server.folder / "pg" / "data" / "postmaster.pid"
        os.kill(int(postmaster.read_text().split()[0]), signal.SIGKILL)
        time.sleep(1)

    until = time.monotonic() + 120
    while (report := server.report())["left"] and time.monotonic() < until:
        time.sleep(1)

    assert (report["left"], report["rows"], report["numbers"]) == (0, JOBS, JOBS)
    assert house.worker.process.poll() is None
