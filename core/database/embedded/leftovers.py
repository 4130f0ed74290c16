"""What an earlier server left behind: a pid file that may name a server still stopping, or any other program by now."""

import os
import signal
import time
from pathlib import Path

from core.database.embedded.errors import EmbeddedServerError
from core.database.embedded.place import SOCKET, Place

PATIENCE = 20.0  # seconds for an ownerless server to write its last checkpoint
NUDGE = 3.0  # seconds after which it is asked again


def clear_leftovers(place: Place) -> None:
    """Wait until no server works on the data any more and remove pid files that would keep a new one from starting.

    PostgreSQL itself refuses to start while the pid in the file belongs to any living program. After a crash and a
    restart of the machine that is often a program of somebody else.
    """
    start = time.monotonic()
    signalled = False
    while (pid := _pid_in(place.pid_file)) is not None and _serves(pid, place):
        waited = time.monotonic() - start
        if waited > PATIENCE:
            raise EmbeddedServerError(
                f"An earlier PostgreSQL (process {pid}) still works on {place.data} and does not stop. "
                f"Stop it with `kill -QUIT {pid}` and start again.",
            )
        if waited > NUDGE and not signalled:
            os.kill(pid, signal.SIGINT)
            signalled = True
        time.sleep(0.05)
    for stale in (place.pid_file, Path(place.host) / f"{SOCKET}.lock"):
        if (pid := _pid_in(stale)) is not None and not _serves(pid, place):
            stale.unlink(missing_ok=True)


def _pid_in(file: Path) -> int | None:
    try:
        return abs(int(file.read_text().splitlines()[0]))
    except FileNotFoundError:
        return None
    except (IndexError, ValueError):
        return 0  # half written: names nobody


def _serves(pid: int, place: Place) -> bool:
    """Whether the process is a living PostgreSQL in our data folder."""
    if pid == 0:
        return False
    if not Path("/proc/self").exists():  # no Linux: all that can be asked is whether it lives
        return _lives(pid)
    process = Path("/proc") / str(pid)
    try:
        name, rest = process.joinpath("stat").read_text().split("(", 1)[1].rsplit(")", 1)
        ended = rest.split()[0] in {"Z", "X"}  # a zombie, waiting for a parent that does not look
        return name == "postgres" and not ended and process.joinpath("cwd").samefile(place.data)
    except PermissionError:  # a container may forbid even root to look; then the name has to do
        return True
    except (FileNotFoundError, ProcessLookupError):
        return False


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
