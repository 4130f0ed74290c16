"""The user's side: make sure a server runs, hold on to it, let go of it."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg

from core.database.embedded.account import ROOT
from core.database.embedded.cluster import make_cluster
from core.database.embedded.errors import EmbeddedServerError
from core.database.embedded.locks import open_lock, opened, try_lock
from core.database.embedded.place import PORT, Place

STARTING = 90.0  # seconds in which a server must answer; recovery after a crash is part of it
LOG_LIMIT = 1_000_000  # bytes after which the log starts again
STUMBLES = 5  # starts that may fail, for instance because a killed server's helpers have not all gone

_held: dict[Path, int] = {}  # folder -> our descriptor on its users.lock; forked children share the lock
_guard = threading.Lock()


def ensure(folder: Path) -> str:
    """Return the host (the socket's folder) of the running server of `folder`, started if need be.

    From here on this process counts as a user of the server until it ends or leaves.
    """
    place = Place(folder)
    with _guard:
        place.prepare()
        _join(place)
        if _answers(place):
            return place.host
        with opened(place.start_lock, place.account) as lock:
            if not try_lock(lock, within=STARTING):
                raise EmbeddedServerError(f"Another program has been starting the database in {folder} for too long.")
            _start(place)
        return place.host


def leave(folder: Path) -> bool:
    """Stop being a user. True when no other process is one, so that the server stops within the second."""
    with _guard:
        descriptor = _held.pop(folder, None)
        if descriptor is None:
            return False
        try:
            return try_lock(descriptor, within=1.0)
        finally:
            os.close(descriptor)


def kept(folder: Path) -> bool:
    """Whether a keeper lives; it ends with its server, so this is a cheap look at the server's health."""
    place = Place(folder)
    if not place.keeper_lock.exists():
        return False
    with opened(place.keeper_lock, place.account) as lock:
        return not try_lock(lock, shared=True)


def _join(place: Place) -> None:
    held = _held.get(place.folder)
    if held is not None:
        if _is_file(held, place.users_lock):
            return
        os.close(_held.pop(place.folder))  # the folder was removed and made again: our lock is on nothing
    descriptor = open_lock(place.users_lock, place.account)
    if not try_lock(descriptor, shared=True, within=STARTING):
        os.close(descriptor)
        raise EmbeddedServerError(f"The database in {place.folder} is stopping and does not come to an end.")
    _held[place.folder] = descriptor


def _is_file(descriptor: int, path: Path) -> bool:
    return path.exists() and os.path.samestat(os.fstat(descriptor), path.stat())


def _answers(place: Place) -> bool:
    """Whether a kept server answers and works on our data, not on that of a folder copied or moved from here."""
    if not kept(place.folder):
        return False
    try:
        with psycopg.connect(
            host=place.host,
            port=PORT,
            user="postgres",
            dbname="postgres",
            connect_timeout=5,
        ) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and place.data.exists() and Path(row[0]).exists() and place.data.samefile(row[0])


def _start(place: Place) -> None:
    end = time.monotonic() + STARTING
    starts = 0
    while not _answers(place):
        if time.monotonic() > end or starts > STUMBLES:
            raise EmbeddedServerError(f"PostgreSQL does not start. It says:\n{place.log_tail()}")
        if kept(place.folder):  # starting, recovering, or on its way out
            time.sleep(0.02)
            continue
        if not place.data.exists():
            make_cluster(place)
        time.sleep(0.3 * min(starts, 1))
        starts += 1
        _start_keeper(place)


def _start_keeper(place: Place) -> None:
    """Start the keeper in a session of its own: Ctrl-C in our terminal is not meant for it."""
    new = not place.log.exists()
    with place.log.open("ab") as log:
        if new:
            place.account.adopt(place.log)
        elif place.log.stat().st_size > LOG_LIMIT:
            log.truncate(0)
        subprocess.run(  # noqa: S603 - our own arguments
            [sys.executable, "-m", "core.database.embedded", str(place.folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            start_new_session=True,
            check=False,
        )
