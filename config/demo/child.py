"""One running program: started tied to us, restarted with growing patience, stopped with its whole group."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.demo.house import ROOT
from config.demo.programs import Program

MAX_PAUSE = 30.0  # seconds between two starts of a program that keeps ending
SETTLED = 60.0  # seconds after which an end counts as the first one again
TELLING = 3  # ends in a row after which its last words are shown


@dataclass
class Child:
    """A program, its log, and its process while it has one."""

    program: Program
    log: Path
    environment: Mapping[str, str]
    lock: int
    process: "subprocess.Popen[bytes] | None" = None
    ends: int = 0
    started_at: float = 0.0
    start_again_at: float = field(default=0.0)

    def start(self) -> None:
        """Start the program in a session of its own (Ctrl-C is for us to pass on), with the lock in its hands."""
        self.started_at = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own programs
                self.program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.environment),
                cwd=ROOT,
                start_new_session=True,
                pass_fds=(self.lock,),
            )

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def look_after(self) -> str | None:
        """Start the program again if it ended; return what a person should know, if anything."""
        if self.alive:
            return None
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_again_at:
                self.start()
            return None
        how = _how_it_ended(self.process.returncode)
        self._end_group(signal.SIGKILL)  # what it leaves behind would work beside its successor
        self.process = None
        self.ends = 1 if now - self.started_at > SETTLED else self.ends + 1
        pause = 0.0 if self.ends == 1 else min(2.0 ** (self.ends - 2), MAX_PAUSE)
        self.start_again_at = now + pause
        message = f"{self.program.name} ended ({how}); starting it again" + (f" in {pause:.0f} s" if pause else "")
        if self.ends < TELLING:
            return message
        return f"{message}. It keeps ending; the last lines of {self.log}:\n{self.last_words()}"

    def last_words(self, lines: int = 12) -> str:
        """The last lines of the log."""
        return "\n".join(f"    {line}" for line in self.log.read_text(errors="replace").splitlines()[-lines:])

    def ask_to_stop(self) -> None:
        """Ask the process to end (SIGTERM)."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self, *, until: float) -> None:
        """Wait for the end until then, and kill whatever is left of the program's group."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._end_group(signal.SIGKILL)
            self.process.wait()
        self._end_group(signal.SIGKILL)

    def _end_group(self, number: signal.Signals) -> None:
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return


def _how_it_ended(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
