"""The supervisor: opens the house step by step, looks after its programs, and closes it."""

import contextlib
import http.client
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from config.demo.child import Child
from config.demo.errors import DemoError
from config.demo.greeting import greeting
from config.demo.house import House
from config.demo.programs import COLLECT_STATIC, MIGRATE, SEED, Program, kept_running, static_fingerprint
from core.database import embedded

LOOK = 0.25  # seconds between looks at the programs
OPENING = 60.0  # seconds for the first page
STOPPING = 10.0  # seconds for programs to end by themselves
DATABASE_STOPPING = 30.0  # seconds for the last checkpoint
DATABASE_PAUSE = 5.0  # seconds between starts of a database that does not come up


class StopAsked(Exception):  # noqa: N818 - no error: somebody pressed Ctrl-C
    """Ctrl-C, or a signal that means the same."""


@dataclass
class Supervisor:
    """Owns everything that `make demo` starts."""

    house: House
    lock: int
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def run(self) -> None:
        """Open, look after, and whatever happens close again."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            self._open()
            self._look_after()
        except StopAsked:
            say("stopping")
        finally:
            self._close()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _rest(self, seconds: float) -> None:
        """Sleep. Only here the work is interrupted, never between starting a program and noting that it runs."""
        time.sleep(seconds)
        if self.stopping:
            raise StopAsked

    def _open(self) -> None:
        start = time.monotonic()
        self._step("database", lambda: embedded.ensure(self.house.database))
        self._collect_static()
        web, *others = [self._child(program) for program in kept_running(self.house)]
        self._start(web)  # loading takes seconds, which pass beside the next steps; nobody has its address yet
        self._step("tables", lambda: self._once(MIGRATE))
        self._step("sample data", lambda: self._once(SEED))
        self._step("first page", lambda: self._wait_for_first_page(web))
        for child in others:  # they would only compete with the page that somebody waits for
            self._start(child)
        say(f"open after {time.monotonic() - start:.1f} s")
        _print(greeting(self.house))

    def _step(self, words: str, work: Callable[[], object]) -> None:
        start = time.monotonic()
        work()
        say(f"{words}: {time.monotonic() - start:.1f} s")

    def _child(self, program: Program) -> Child:
        log = self.house.logs / f"{program.name}.log"
        log.write_bytes(b"")
        return Child(program, log, self.house.environment(), self.lock)

    def _start(self, child: Child) -> None:
        child.start()
        self.children.append(child)

    def _once(self, program: Program) -> None:
        child = self._child(program)
        self._start(child)
        while child.alive:
            self._rest(0.05)
        self.children.remove(child)
        if child.process is not None and child.process.returncode != 0:
            raise DemoError(f"`{program.name}` failed; the last lines of {child.log}:\n{child.last_words()}")

    def _collect_static(self) -> None:
        stamp = self.house.own / "static"
        fingerprint = static_fingerprint()
        if not stamp.exists() or stamp.read_text() != fingerprint:
            self._step("styles and pictures", lambda: self._once(COLLECT_STATIC))
            stamp.write_text(fingerprint)

    def _wait_for_first_page(self, web: Child) -> None:
        end = time.monotonic() + OPENING
        while not self._answers():
            if time.monotonic() > end or not web.alive:
                raise DemoError(f"The pages do not open; the last lines of {web.log}:\n{web.last_words()}")
            self._rest(0.1)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=10)
        try:
            connection.request("GET", "/livez")
            return connection.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()

    def _look_after(self) -> None:
        while True:
            self._rest(LOOK)
            if not embedded.kept(self.house.database):
                self._restart_database()
            for child in self.children:
                told = child.look_after()
                if told:
                    say(told)

    def _restart_database(self) -> None:
        say("the database ended; starting it again")
        try:
            embedded.ensure(self.house.database)
        except embedded.EmbeddedServerError as error:
            say(str(error))
            self._rest(DATABASE_PAUSE)

    def _close(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        end = time.monotonic() + STOPPING
        for child in self.children:
            child.stop(until=end)
        if not embedded.leave(self.house.database):
            say("stopped, but for the database: another program still uses it")
            return
        end = time.monotonic() + DATABASE_STOPPING
        while embedded.kept(self.house.database) and time.monotonic() < end:
            time.sleep(0.05)
        say("stopped")


def say(words: str) -> None:
    """Write a line to the terminal."""
    _print(f"[demo] {words}")


def _print(words: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be closed; the programs are to be stopped all the same
        print(words, flush=True)  # noqa: T201 - a terminal program
