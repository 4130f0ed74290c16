"""The keeper: owns the server process, and stops it once no program holds the users' lock any more."""

import os
import signal
import subprocess
import time
from types import FrameType

from core.database.embedded.cluster import environment
from core.database.embedded.leftovers import clear_leftovers
from core.database.embedded.locks import open_lock, opened, try_lock
from core.database.embedded.place import PORT, Place

POLL = 0.5  # seconds between looks for the last user's end
STOPPING = 60.0  # seconds for a server to write its last checkpoint


def become_keeper(place: Place) -> int:
    """Keep the place's server from a forked process and return at once: 0, or 1 when another keeper lives.

    The caller's own process is to end then: the fork has no parent that would leave it a zombie.
    """
    # Never closed: the kernel drops it with the process, so that whoever sees it free sees the keeper gone.
    lock = open_lock(place.keeper_lock, place.account)
    if not try_lock(lock, within=5.0):
        return 1
    return _keep(place) if os.fork() == 0 else 0


def _keep(place: Place) -> int:
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    clear_leftovers(place)
    with opened(place.users_lock, place.account) as users:
        folder = place.data.stat().st_ino
        server = subprocess.Popen(  # noqa: S603 - our own arguments
            [*place.program("postgres"), *_options(place)],
            stdin=subprocess.DEVNULL,
            env=environment(),
            cwd="/",
        )
        try:
            while server.poll() is None:
                if not place.data.exists() or place.data.stat().st_ino != folder:
                    # Somebody removed the data. A server that stops in an orderly way would also remove the socket,
                    # which may be a new server's by now.
                    server.kill()
                elif try_lock(users):
                    break
                else:
                    time.sleep(POLL)
        finally:
            _stop(server)
        return server.returncode


def _options(place: Place) -> list[str]:
    # Durability settings stay at their defaults.
    quoted = place.host.replace('"', '""')
    return [
        "-D",
        str(place.data),
        "-p",
        str(PORT),
        "-c",
        f'unix_socket_directories="{quoted}"',
        "-c",
        "unix_socket_permissions=0700",
        "-c",
        "listen_addresses=",
    ]


def _stop(server: "subprocess.Popen[bytes]") -> None:
    if server.poll() is not None:
        return
    server.send_signal(signal.SIGINT)  # fast shutdown: sessions end, a last checkpoint is written
    try:
        server.wait(STOPPING)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)  # recovery at the next start
        server.wait()


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
