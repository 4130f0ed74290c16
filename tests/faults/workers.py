"""A worker and a beat as the demo starts them, each in a process group of its own, to be killed and started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.conftest import ROOT

CELERY = (sys.executable, "-m", "celery", "--app=config.celery")
WORKER = (*CELERY, "worker", "--loglevel=INFO", "--without-gossip", "--without-mingle")
BEAT = (*CELERY, "beat", "--loglevel=INFO", "--pidfile=")


class Program:
    """A command that is kept running until `stop`, whatever kills it meanwhile: by us, or by a job."""

    def __init__(self, command: tuple[str, ...], *, environment: dict[str, str], log: Path) -> None:
        self.command = command
        self.environment = environment
        self.log = log
        self.starts = 0
        self.start()

    def start(self) -> None:
        self.starts += 1
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """`kill -9` of the process group."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM, and what it exited with; after half a minute `kill -9`."""
        self.process.terminate()
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


def environment_in(folder: Path, database: str, **also: str) -> dict[str, str]:
    """What a program of the product is started with to work on `database`, with its messages in `folder`."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "CAIRN_FAULTS_DATABASE": database,
        "CAIRN_FAULTS_FOLDER": str(folder),
        **also,
    }


class House:
    """One worker and one beat on `database`, with their messages and logs in `folder`."""

    def __init__(self, folder: Path, database: str, *, also: Mapping[str, str] | None = None) -> None:
        environment = environment_in(folder, database, **(also or {}))
        self.log = folder / "log"
        self.worker = Program(WORKER, environment=environment, log=self.log)
        self.beat = Program((*BEAT, f"--schedule={folder / 'beat'}"), environment=environment, log=self.log)

    def tend(self) -> None:
        """Start again what is dead, as a supervisor does."""
        for program in (self.worker, self.beat):
            if program.process.poll() is not None:
                program.start()

    def stop(self) -> None:
        for program in (self.worker, self.beat):
            if program.process.poll() is None:
                program.kill()


def wait_until(true: Callable[[], bool], *, seconds: float, every: float = 0.02) -> float:
    """How long it took until `true()`; fails after `seconds`."""
    begun = time.monotonic()
    while not true():
        if time.monotonic() - begun > seconds:
            raise AssertionError(f"still not so after {seconds} s")
        time.sleep(every)
    return time.monotonic() - begun
