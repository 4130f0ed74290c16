"""The programs of the demo: what is run once before it opens, and what is kept running."""

import hashlib
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.demo.house import ROOT, House


@dataclass(frozen=True)
class Program:
    """A command line of ours, run by the same interpreter, and how it is called in messages and log files."""

    name: str
    arguments: tuple[str, ...]

    @property
    def command(self) -> list[str]:
        """The command line, such that the program is asked to stop when its supervisor dies."""
        setpriv = shutil.which("setpriv")
        tether = [setpriv, "--pdeathsig=TERM", "--"] if setpriv else []
        return [*tether, sys.executable, *self.arguments]


MIGRATE = Program("migrate", ("manage.py", "migrate", "--no-input"))
COLLECT_STATIC = Program("collectstatic", ("manage.py", "collectstatic", "--no-input", "--clear", "--verbosity=0"))
SEED = Program("seed_demo", ("manage.py", "seed_demo"))


def kept_running(house: House) -> tuple[Program, ...]:
    """Return web, worker and beat, which is a program of its own: as part of a worker it would outlive a kill."""
    celery = ("-m", "celery", "--app=config.celery")
    return (
        Program(
            "web",
            (
                "-m",
                "gunicorn",
                "config.wsgi:application",
                f"--bind=127.0.0.1:{house.port}",
                "--workers=2",
                "--preload",  # Django is imported once for both workers: sooner open, and less memory
                # Browsers open connections ahead of need; a worker without threads would wait on them.
                "--worker-class=gthread",
                "--threads=4",
                "--graceful-timeout=5",
                "--no-control-socket",
                "--logger-class=core.logs.gunicorn.QuietLogger",
            ),
        ),
        Program("worker", (*celery, "worker", "--loglevel=INFO", "--without-gossip", "--without-mingle")),
        Program("beat", (*celery, "beat", "--loglevel=INFO", f"--schedule={house.own / 'beat'}", "--pidfile=")),
    )


def static_fingerprint() -> str:
    """Return a digest that changes when a static file of ours or an installed package does."""
    digest = hashlib.sha256(ROOT.joinpath("requirements.lock").read_bytes())
    for file in sorted(_static_files()):
        facts = file.stat()
        digest.update(f"{file.relative_to(ROOT)} {facts.st_mtime_ns} {facts.st_size}\n".encode())
    return digest.hexdigest()


def _static_files() -> Iterator[Path]:
    for top in ROOT.iterdir():
        if top.is_dir() and not top.name.startswith(".") and top.name not in {"var", "docs", "tests"}:
            yield from (file for file in top.glob("**/static/**/*") if file.is_file())
