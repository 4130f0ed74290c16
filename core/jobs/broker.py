"""Wake-ups as files in a folder: Celery's filesystem transport, mended where a `kill -9` would leave it stuck.

The original writes a message under its final name, so that a reader can take half of it and stumble, and moves what it
takes into the machine's temporary folder. Here a message appears whole or not at all, and nothing leaves the folder.
"""

import os
import time
import uuid
from datetime import timedelta
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

SUFFIX = ".msg"


class Channel(filesystem.Channel):
    """Puts and takes messages by renaming files, which the kernel does at once or not at all."""

    @property
    def folder(self) -> Path:
        """Where messages lie; made on first use, for nobody else to read."""
        folder = Path(self.data_folder_in)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    # kombu's stubs disagree about the name of the second argument.
    def _put(self, queue: str, payload: Any, **_options: Any) -> None:  # type: ignore[override]  # noqa: ANN401
        name = f"{time.time_ns()}_{uuid.uuid4()}"
        unready = self.folder / f"{name}.new"
        unready.write_text(dumps(payload), encoding="utf-8")
        unready.rename(self.folder / f"{name}.{queue}{SUFFIX}")

    def _get(self, queue: str, timeout: float | None = None) -> Any:  # noqa: ANN401, ARG002 - kombu's own signature
        for waiting in sorted(self.folder.glob(f"*.{queue}{SUFFIX}")):
            taken = waiting.with_suffix(f".{os.getpid()}")
            try:
                waiting.rename(taken)
            except FileNotFoundError:
                continue  # another worker was quicker
            content = taken.read_text(encoding="utf-8")
            taken.unlink()
            return loads(content)
        raise Empty

    def _size(self, queue: str) -> int:
        return len(list(self.folder.glob(f"*.{queue}{SUFFIX}")))

    def _purge(self, queue: str) -> int:
        purged = list(self.folder.glob(f"*.{queue}{SUFFIX}"))
        for waiting in purged:
            waiting.unlink(missing_ok=True)
        return len(purged)


class Transport(filesystem.Transport):
    """The filesystem transport with the mended channel."""

    Channel = Channel


def remove_leftovers(folder: Path, *, older_than: timedelta) -> None:
    """Remove files in `folder` older than that: what killed processes left, and wake-ups that expired long ago."""
    limit = time.time() - older_than.total_seconds()
    for file in folder.glob("*"):
        try:
            if file.stat().st_mtime < limit:
                file.unlink()
        except FileNotFoundError:
            continue  # a worker took it meanwhile
