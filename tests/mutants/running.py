"""Running tests against one mutant until one of them fails, or until all that are relevant have passed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from tests.mutants.mutants import Kind, Mutant
from tests.mutants.plugin import DID_NOT_APPLY, REPORT, SQL
from tests.mutants.scratch import mutated

HANGS_AFTER = 300  # seconds in one test: the longest of these tests takes a tenth of it
FINE, FAILED, INTERRUPTED, NOTHING_TO_RUN = 0, 1, 2, 5


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    DID_NOT_APPLY = "did not apply"


@dataclass(frozen=True)
class Result:
    """A mutant's end, and the test that noticed it."""

    fate: Fate
    test: str = ""
    seconds: float = 0


@dataclass(frozen=True)
class Run:
    """One call of pytest: its exit code, and the first test that failed or hung."""

    code: int
    failed: str = ""
    output: str = ""


@contextmanager
def database_of(copy: Path) -> Iterator[list[Mutant]]:
    """Mutants of the copy's database; its server stays up while the block runs."""
    command = [sys.executable, "-m", "tests.mutants.schema"]
    with subprocess.Popen(command, cwd=copy, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holding:
        assert holding.stdout is not None
        line = holding.stdout.readline()
        if not line:
            raise SystemExit("The copy's database could not be read.")
        yield [_of_database(found, copy) for found in json.loads(line)]
        assert holding.stdin is not None
        holding.stdin.close()


def _of_database(found: dict[str, str], copy: Path) -> Mutant:
    path = found["module"].replace(".", "/")
    path = f"{path}.py" if (copy / f"{path}.py").exists() else f"{path}/__init__.py"
    return Mutant(
        kind=Kind(found["kind"]),
        key=f"{found['table']}: {found['name']}",
        name=f"{found['table']}: {found['name']}",
        app=PurePosixPath(path).parts[0],
        path=path,
        names=frozenset({found["name"], found["model"], found["table"]}),
        sql=found["sql"],
    )


def fate_of(mutant: Mutant, rounds: list[list[str]], *, copy: Path, workers: int) -> Result:
    """Run the rounds of test files one after another; the first failure ends it."""
    start = time.monotonic()
    with mutated(copy, mutant):
        for files in rounds:
            run = run_tests(files, copy=copy, workers=workers, sql=mutant.sql)
            if run.code == DID_NOT_APPLY or (run.code not in {FINE, NOTHING_TO_RUN} and not run.failed):
                print(run.output[-2_000:])  # noqa: T201 - why it did not apply
                return Result(Fate.DID_NOT_APPLY, seconds=time.monotonic() - start)
            if run.failed:
                return Result(Fate.KILLED, run.failed, time.monotonic() - start)
    return Result(Fate.SURVIVED, seconds=time.monotonic() - start)


def run_tests(tests: list[str], *, copy: Path, workers: int, sql: str = "", every: bool = False) -> Run:
    """Let pytest run `tests` in the copy, all of them or until the first that fails."""
    report, output = copy / "var" / "mutant.report", copy / "var" / "mutant.output"
    report.parent.mkdir(exist_ok=True)
    report.write_text("")
    # A few files are quicker without workers, each of which sets up Django and a database of its own.
    many = ["-n", str(workers)] if workers > 1 and len(tests) > 4 else ["-n", "0"]
    stop = [] if every else ["-x"]
    command = [sys.executable, "-m", "pytest", "-q", *stop, *many, "-p", "tests.mutants.plugin", "--tb=short", *tests]
    # Not what a pytest that runs this itself has set for its workers.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {SQL: sql, REPORT: str(report)}
    with (
        output.open("w", encoding="utf-8") as into,
        subprocess.Popen(
            command, cwd=copy, env=environment, stdout=into, stderr=subprocess.STDOUT, start_new_session=True
        ) as running,
    ):
        hung = _wait(running, report)
    failed = hung or _first(report, "failed")
    return Run(running.returncode, failed, output.read_text(encoding="utf-8"))


def _wait(running: subprocess.Popen[bytes], report: Path) -> str:
    """Wait for the end; a test that does not end is ended with its processes, and named."""
    while True:
        try:
            running.wait(timeout=1)
        except subprocess.TimeoutExpired:
            if time.time() - report.stat().st_mtime < HANGS_AFTER:
                continue
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            return _last(report, "runs")
        return ""


def _first(report: Path, what: str) -> str:
    return next(iter(_tests(report, what)), "")


def _last(report: Path, what: str) -> str:
    return next(iter(reversed(_tests(report, what))), "")


def _tests(report: Path, what: str) -> list[str]:
    lines = report.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(f"{what} ") for line in lines if line.startswith(f"{what} ")]


def failing_without_mutant(tests: list[str], *, copy: Path, workers: int) -> set[str]:
    """Which of these fail although nothing was removed: what they killed counts for nothing."""
    if not tests:
        return set()
    run_tests(tests, copy=copy, workers=workers, every=True)
    return set(_tests(copy / "var" / "mutant.report", "failed")) & set(tests)
