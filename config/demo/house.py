"""Where the demo lives: its folders, its port, its environment, and the lock that makes it the only one."""

import errno
import fcntl
import os
import secrets
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.demo.errors import DemoError

ROOT = Path(__file__).resolve().parents[2]
MAX_PORT = 65535
LEFTOVER_PATIENCE = 12.0  # seconds for the programs of a killed demo to end by themselves

# PORT and GUNICORN_CMD_ARGS are for the demo itself. Without PYTHONDONTWRITEBYTECODE servers keep what they compile;
# with it each of them would compile all of Cairn at each start.
NOT_PASSED_ON = frozenset({"PORT", "GUNICORN_CMD_ARGS", "PYTHONDONTWRITEBYTECODE"})


@dataclass(frozen=True)
class House:
    """One demo: `var` holds all it keeps, `port` is where it answers."""

    var: Path
    port: int

    @classmethod
    def from_environment(cls) -> "House":
        """Read CAIRN_VAR (as the settings do) and PORT.

        Raises DemoError when the environment asks for more than a demo may do: its sign-ins have known roles and no
        second factor, so it serves this machine only, from a database of its own.
        """
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
            if os.environ.get(name):
                raise DemoError(f"The demo runs on its own embedded database only: unset {name}, then start again.")
        if os.environ.get("CAIRN_PRODUCTION", "").lower() not in {"", "0", "false", "no"}:
            raise DemoError("CAIRN_PRODUCTION is set; a demo is no production: unset it, then start again.")
        text = os.environ.get("PORT") or "8000"
        if not (text.isdecimal() and 0 < int(text) <= MAX_PORT):
            raise DemoError(f"PORT must be a number from 1 to {MAX_PORT}, not {text!r}.")
        return cls(Path(os.environ.get("CAIRN_VAR") or ROOT / "var").absolute(), int(text))

    @property
    def address(self) -> str:
        """The address that people open in a browser."""
        return f"http://localhost:{self.port}"

    @property
    def database(self) -> Path:
        """The folder of the demo's PostgreSQL."""
        return self.var / "pg"

    @property
    def logs(self) -> Path:
        """The folder of the logs of all programs."""
        return self.var / "log"

    @property
    def own(self) -> Path:
        """What belongs to the demo alone: keys, sign-ins, the lock."""
        return self.var / "demo"

    def furnish(self) -> None:
        """Make the folders that are missing."""
        try:
            self.var.mkdir(parents=True, exist_ok=True)
            for folder in (self.logs, self.own):
                folder.mkdir(mode=0o700, exist_ok=True)
        except PermissionError as error:
            raise DemoError(
                f"{error.filename} belongs to another account: start as that account, or set CAIRN_VAR.",
            ) from error

    def environment(self) -> dict[str, str]:
        """Return the environment of every program of the demo."""
        passed = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
        return {
            **passed,
            "CAIRN_DEMO": "1",
            "CAIRN_VAR": str(self.var),
            "DJANGO_SETTINGS_MODULE": "config.settings.base",
            "PUBLIC_URL": self.address,
            "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
            "SECRET_KEY": self._secret("secret-key"),
            "CAIRN_KEY_SECRET": os.environ.get("CAIRN_KEY_SECRET") or self._secret("key-secret"),
            "PYTHONUNBUFFERED": "1",
        }

    def _secret(self, name: str) -> str:
        """The same for all programs and all starts: sessions outlive a restart, sealed keys open again."""
        file = self.own / name
        if not file.exists():
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.write(descriptor, secrets.token_urlsafe(48).encode())
            os.close(descriptor)
        return file.read_text()


def refuse_a_taken_port(port: int) -> None:
    """Raise DemoError when something else answers on the port; to greet with another program's page would mislead."""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except PermissionError as error:
            raise DemoError(f"Port {port} is for administrators; try PORT=8001 make demo") from error
        except OSError as error:
            if family == socket.AF_INET6 and error.errno != errno.EADDRINUSE:  # no IPv6 here
                continue
            raise DemoError(
                f"Port {port} is taken by another program; try PORT={port % MAX_PORT + 1} make demo",
            ) from error


def be_the_only_one(house: House) -> int:
    """Take the lock of the house and return its descriptor, which every program of the demo inherits.

    So it stays taken until the last of them has ended, also after `kill -9` of their supervisor. What then does not
    end by itself is killed.
    """
    descriptor = os.open(house.own / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)
    if not _lock(descriptor):
        pid = int(os.pread(descriptor, 20, 0) or b"0")
        if pid in _holders(descriptor):
            os.close(descriptor)
            raise DemoError(f"A demo of this checkout is running already (process {pid}): see its terminal.")
        _outlive_leftovers(descriptor)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def _outlive_leftovers(descriptor: int) -> None:
    print("The previous demo was killed and its programs are still ending; waiting for them.", flush=True)  # noqa: T201 - a terminal program
    end = time.monotonic() + LEFTOVER_PATIENCE
    while not _lock(descriptor):
        time.sleep(0.1)
        if time.monotonic() > end:
            for pid in _holders(descriptor):
                os.kill(pid, signal.SIGKILL)
            end += 1.0


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holders(descriptor: int) -> set[int]:
    """Which other processes have the lock's file open."""
    file = os.fstat(descriptor)
    return {pid for pid, opened in _open_files() if os.path.samestat(opened, file)} - {os.getpid()}


def _open_files() -> Iterator[tuple[int, os.stat_result]]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            for opened in process.joinpath("fd").iterdir():
                yield int(process.name), opened.stat()
        except (FileNotFoundError, PermissionError, ProcessLookupError):  # it ended, or is somebody else's
            continue
