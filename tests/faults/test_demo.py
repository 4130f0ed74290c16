"""`make demo` says plainly what hinders it, restarts what dies, and leaves nothing running whichever way it ends."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from config.demo.child import Child
from config.demo.house import House, be_the_only_one
from config.demo.programs import Program
from core.loopback import LoopbackMiddleware
from tests.faults.programs import ROOT, wait_until


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Demo:
    """A demo with a folder and a port of its own, seen from outside."""

    def __init__(self, var: Path, port: int, **environment: str) -> None:
        self.var, self.port = var, port
        passed = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DJANGO_"))}
        self.environment = {
            **passed,
            "CAIRN_VAR": str(var),
            "PORT": str(port),
            "CAIRN_DEMO_LEARNERS": "1",  # what a start takes is told elsewhere
            **environment,
        }
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.demo"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def words_until(self, pattern: str) -> str:
        """What the terminal shows up to and with the line that matches."""
        assert self.process is not None
        assert self.process.stdout is not None
        words = ""
        for line in self.process.stdout:
            words += line
            if re.search(pattern, line):
                return words
        raise AssertionError(f"never said {pattern!r}, but:\n{words}")

    def end(self, number: signal.Signals) -> str:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.communicate(timeout=60)[0]

    def processes(self) -> list[psutil.Process]:
        return [process for process in psutil.process_iter() if process.pid != os.getpid() and self._is_ours(process)]

    def named(self, *words: str) -> list[psutil.Process]:
        return [process for process in self.processes() if all(word in process.cmdline() for word in words)]

    def answers(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            named = any(str(self.var) in part for part in process.cmdline())
            return named or process.environ().get("CAIRN_VAR") == str(self.var)
        except psutil.Error:
            return False


@pytest.fixture
def var() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cairn demo-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "var"


@pytest.fixture
def demo(var: Path) -> Iterator[Demo]:
    demo = Demo(var, free_port())
    yield demo
    if demo.process is not None and demo.process.poll() is None:
        demo.end(signal.SIGTERM)
    for process in demo.processes():
        process.kill()


def refusal(demo: Demo) -> str:
    """What a demo says that does not start."""
    demo.start()
    assert demo.process is not None
    words, _ = demo.process.communicate(timeout=20)
    assert demo.process.returncode == 1
    assert "Traceback" not in words
    return words


def test_a_taken_port_is_said_plainly(demo: Demo) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", demo.port))
        stranger.listen()

        words = refusal(demo)

    assert words == (f"[demo] Port {demo.port} is taken by another program; try PORT={demo.port + 1} make demo\n")


def test_a_second_demo_in_the_same_checkout_is_refused(demo: Demo) -> None:
    house = House(demo.var, demo.port)
    house.furnish()
    lock = be_the_only_one(house)
    try:
        words = refusal(demo)
    finally:
        os.close(lock)

    assert words == f"[demo] A demo of this checkout is running already (process {os.getpid()}): see its terminal.\n"


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({"DATABASE_URL": "postgres://db.example/school"}, "unset DATABASE_URL"),
        ({"DATABASE_OWNER_URL": "postgres://db.example/school"}, "unset DATABASE_OWNER_URL"),
        ({"CAIRN_PRODUCTION": "1"}, "CAIRN_PRODUCTION is set"),
        ({"PORT": "eighty"}, "PORT must be a number"),
        ({"PORT": "70000"}, "PORT must be a number"),
    ],
)
def test_what_a_demo_may_not_do_is_refused(demo: Demo, environment: dict[str, str], complaint: str) -> None:
    demo.environment |= environment

    assert complaint in refusal(demo)


def test_a_demo_serves_its_own_machine_only(settings: Settings) -> None:
    settings.CAIRN_DEMO = True
    guard = LoopbackMiddleware(lambda _request: HttpResponse("welcome"))

    def status_for(address: str) -> int:
        request: HttpRequest = RequestFactory().get("/", REMOTE_ADDR=address, HTTP_HOST="localhost")
        return guard(request).status_code

    assert [status_for(address) for address in ("127.0.0.1", "::1", "10.0.0.7", "2001:db8::7", "")] == [
        200,
        200,
        403,
        403,
        403,
    ]


def test_outside_the_demo_that_guard_is_not_there(settings: Settings) -> None:
    settings.CAIRN_DEMO = False

    with pytest.raises(MiddlewareNotUsed):
        LoopbackMiddleware(lambda _request: HttpResponse())


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    yield descriptor
    os.close(descriptor)


def test_a_program_that_keeps_ending_is_restarted_more_slowly_and_quoted(tmp_path: Path, lock: int) -> None:
    child = Child(Program("sulker", ("-c", "raise SystemExit('no mood')")), tmp_path / "log", os.environ, lock)
    told: list[str] = []
    child.start()

    while len(told) < 3:
        child.start_again_at = 0.0  # the pauses are told, not waited for
        words = child.look_after()
        if words:
            told.append(words)

    assert told[0] == "sulker ended (exit code 1); starting it again"
    assert told[1] == "sulker ended (exit code 1); starting it again in 1 s"
    assert told[2].startswith("sulker ended (exit code 1); starting it again in 2 s. It keeps ending")
    assert told[2].endswith("    no mood")


def test_a_program_that_does_not_listen_is_killed_with_its_children(tmp_path: Path, lock: int) -> None:
    stubborn = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.fork()
time.sleep(600)
"""
    child = Child(Program("stubborn", ("-c", stubborn)), tmp_path / "log", os.environ, lock)
    child.start()
    assert child.process is not None
    wait_until(lambda: child.process is not None and len(psutil.Process(child.process.pid).children()) == 1)
    family = [psutil.Process(child.process.pid), *psutil.Process(child.process.pid).children()]

    child.ask_to_stop()
    child.stop(until=0.0)

    wait_until(lambda: not any(member.is_running() and member.status() != "zombie" for member in family))


def test_the_demo_opens_restarts_what_dies_and_leaves_nothing(demo: Demo) -> None:
    demo.start()
    greeting = demo.words_until("Ctrl-C stops everything")
    people = json.loads((demo.var / "demo" / "sign-ins.json").read_text())

    shown = [
        len(re.findall(f"{person['email']} +{person['password']} *{person['about']}\n", greeting)) for person in people
    ]
    assert shown == [1] * len(people)
    staff = ["registrar", "registrar", "assessor", "registrar", "assessor", "advisor"]
    assert [person["role"] for person in people][: len(staff) + 1] == [*staff, "learner"]
    assert demo.answers("/livez") == 200

    for words in (("gunicorn",), ("worker",), ("beat",)):
        wait_until(lambda words=words: len(demo.named(*words)) > 0)  # type: ignore[misc]  # bound per turn
        for process in demo.named(*words):
            process.kill()
        demo.words_until(rf"{'web' if words == ('gunicorn',) else words[0]} ended \(SIGKILL\); starting it again")
    for process in demo.named("core.database.embedded"):
        process.kill()
    demo.words_until("the database ended; starting it again")
    wait_until(lambda: demo.answers("/readyz") == 200, within=60)

    assert "stopped" in demo.end(signal.SIGINT)
    assert demo.processes() == []


@pytest.mark.long
def test_a_killed_supervisor_takes_everything_along_and_the_next_one_keeps_the_data(demo: Demo) -> None:
    demo.start()
    demo.words_until("Ctrl-C stops everything")
    secrets = (demo.var / "demo" / "sign-ins.json").read_text()

    demo.end(signal.SIGKILL)
    wait_until(lambda: demo.processes() == [], within=40)
    demo.start()
    demo.words_until("Ctrl-C stops everything")

    assert (demo.var / "demo" / "sign-ins.json").read_text() == secrets
    assert demo.answers("/readyz") == 200
    demo.end(signal.SIGTERM)
    assert demo.processes() == []


@pytest.mark.long
def test_a_start_right_after_a_kill_waits_for_what_is_still_ending(demo: Demo) -> None:
    demo.start()
    demo.words_until("Ctrl-C stops everything")

    demo.end(signal.SIGKILL)
    demo.start()

    demo.words_until("Ctrl-C stops everything")
    assert demo.answers("/livez") == 200
