"""Processes that tests of faults start, watch and kill: users of an embedded server, its keeper, its postmaster."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from core.database.embedded.place import PORT, Place

ROOT = Path(__file__).resolve().parents[2]

USER = """
import sys
from pathlib import Path
from core.database import embedded
print(embedded.ensure(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


def wait_until(true: Callable[[], bool], *, within: float = 20.0) -> None:
    """Fail when it does not become true in time."""
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, f"still not so after {within} s"
        time.sleep(0.05)


@dataclass
class Server:
    """One folder's server, seen from outside."""

    place: Place
    prefix: tuple[str, ...] = ()  # in front of its users' command lines

    def __post_init__(self) -> None:
        self.users: list[subprocess.Popen[str]] = []

    def begin_user(self) -> "subprocess.Popen[str]":
        """Start a process that uses the server; it may not be ready yet."""
        user = subprocess.Popen(
            [*self.prefix, sys.executable, "-W", "error", "-c", USER, str(self.place.folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.users.append(user)
        return user

    def user(self) -> "subprocess.Popen[str]":
        """Start a process that uses the server and wait until it is served."""
        user = self.begin_user()
        self.await_service(user)
        return user

    def await_service(self, user: "subprocess.Popen[str]") -> None:
        assert user.stdout is not None
        assert user.stderr is not None
        host = user.stdout.readline().strip()
        assert host == self.place.host, user.stderr.read()

    def connect(self, role: str = "cairn") -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(host=self.place.host, port=PORT, user=role, dbname="cairn", autocommit=True)

    def keepers(self) -> list[psutil.Process]:
        return [process for process in psutil.process_iter() if self._is(process, "core.database.embedded")]

    def postmasters(self) -> list[psutil.Process]:
        return [process for process in psutil.process_iter() if self._is(process, "postgres", "-D")]

    def stopped(self) -> bool:
        return not self.keepers() and not self.postmasters()

    def end(self) -> None:
        """End every user, and with the last of them the server."""
        for user in self.users:
            user.kill()
            user.communicate()
        wait_until(self.stopped)

    def _is(self, process: psutil.Process, *words: str) -> bool:
        try:
            line = process.cmdline()
        except psutil.Error:
            return False
        ours = str(self.place.folder) in line or str(self.place.data) in line
        return ours and all(any(word in part for part in line) for word in words)
