"""File locks that the kernel drops when their holder ends, however it ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.database.embedded.account import Account


def open_lock(path: Path, account: Account) -> int:
    """Open a lock file, made for the account when new. The descriptor is not passed on to programs we start."""
    try:
        return os.open(path, os.O_RDWR)
    except FileNotFoundError:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if account.uid != os.geteuid():
            os.fchown(descriptor, account.uid, account.gid)
        return descriptor


def try_lock(descriptor: int, *, shared: bool = False, within: float = 0.0) -> bool:
    """Take the lock if it comes free within so many seconds."""
    end = time.monotonic() + within
    while True:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(0.02)
        else:
            return True


@contextmanager
def opened(path: Path, account: Account) -> Iterator[int]:
    """Open a lock file for a while; leaving gives up whatever lock was taken on it."""
    descriptor = open_lock(path, account)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
