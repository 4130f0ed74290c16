"""Workers without their start-up: a process that has imported it all forks them, each into a process group of its own.

Whoever kills a worker fifty times would otherwise wait fifty times for the same imports.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.conftest import ROOT
from tests.faults.workers import wait_until


class Child:
    """A process that the nursery forked; the kernel buries it at once, so its id is gone when it is dead."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def kill(self) -> None:
        """`kill -9` of the process group, if anything is left of it."""
        if self.alive():
            os.killpg(self.pid, signal.SIGKILL)
        self.await_death()

    def await_death(self) -> None:
        wait_until(lambda: not self.alive(), seconds=120)


class Nursery:
    """Forks a child at a word."""

    def __init__(self, environment: Mapping[str, str], *, log: Path) -> None:
        with log.open("ab") as written:
            self.process = subprocess.Popen(
                (sys.executable, "-m", "tests.faults.nursery"),
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=written,
                text=True,
                start_new_session=True,
            )

    def start_worker(self) -> Child:
        """A worker as the demo starts it."""
        return self._child("worker")

    def start_grant(self, award_id: int, user_id: int) -> Child:
        """Somebody who grants an award, and is killed right after the commit."""
        return self._child("grant", award_id, user_id)

    def stop(self) -> None:
        self.process.communicate()  # at the end of its input it ends

    def _child(self, *words: object) -> Child:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(*words, file=self.process.stdin, flush=True)
        return Child(int(self.process.stdout.readline()))


def work() -> None:
    from config.celery import app
    from tests.faults.workers import WORKER

    app.worker_main(list(WORKER[WORKER.index("worker") :]))


def grant(award_id: int, user_id: int) -> None:
    from django.db import transaction

    from accounts.models import User
    from programs.awards.actions.awards import grant_award
    from programs.models import Award

    with transaction.atomic():
        # The first to be called after the commit: before anybody is woken.
        transaction.on_commit(lambda: os.killpg(os.getpgrp(), signal.SIGKILL))
        grant_award(Award.objects.get(pk=award_id), by=User.objects.get(pk=user_id))
    signal.pause()  # never reached; who is not killed is waited for in vain


def main() -> None:
    """Fork what each line of the input asks for, and answer with its id; what it prints goes to the log."""
    import django

    django.setup()
    from config.celery import app

    app.loader.import_default_modules()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        word, *ids = line.split()
        child = os.fork()
        if not child:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            if word == "worker":
                work()
            else:
                grant(*map(int, ids))
            os._exit(0)
        print(child, flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
