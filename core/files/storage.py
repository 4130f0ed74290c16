"""Files of learners below MEDIA_ROOT: under random keys, whole or not at all, read only through a view that asks."""

import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

from core.files.content import opened
from core.files.kinds import is_picture, told_kind
from core.files.names import checked_name
from core.files.pictures import draw_anew
from core.files.refusals import FileRefusedError, NotKeptError

KEY = re.compile(r"[0-9a-f]{32}")
PORTION = 64 * 1024
MEGABYTE = 1024 * 1024


class Upload(Protocol):
    """What Django makes of a file in a form; the size and type that it declares are not believed."""

    @property
    def name(self) -> str | None: ...

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]: ...


@dataclass(frozen=True)
class Accepted:
    """What a file is, told from its content; `size` is of what would be kept."""

    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class StoredFile:
    """A file that is kept: where, as what, and the SHA-256 of what is kept, in hex."""

    key: str
    name: str
    media_type: str
    size: int
    digest: str


def inspect(upload: Upload) -> Accepted:
    """What `upload` is, with nothing kept; raises FileRefusedError when it is not taken in."""
    with _taken_in(upload) as (accepted, _file):
        return accepted


def keep(upload: Upload) -> StoredFile:
    """Check `upload`, then keep it, or for pictures what was drawn anew, on disk before this returns.

    Raises FileRefusedError, and then nothing is kept. The caller writes down the key in the transaction that
    follows; what no row names is swept a day later.
    """
    with _taken_in(upload) as (accepted, file):
        key = secrets.token_hex(16)
        digest = _digest(file)
        _make_lasting(file, _path_of(key))
    return StoredFile(key, accepted.name, accepted.media_type, accepted.size, digest)


def open_kept(key: str) -> BinaryIO:
    """The file kept under `key`, for reading; raises NotKeptError."""
    try:
        return _path_of(key).open("rb")
    except FileNotFoundError:
        raise NotKeptError(key) from None


def forget(key: str) -> None:
    """Remove what is kept under `key`; nothing when it is gone. Call it after the commit that let go of the key."""
    _path_of(key).unlink(missing_ok=True)


def keys_older_than(seconds: float, *, now: float) -> Iterator[str]:
    """Keys of files that were written longer than `seconds` before `now`, a time as of time.time()."""
    for path in sorted(_kept().glob("??/*")):
        if KEY.fullmatch(path.name) and _is_older(path, seconds, now):
            yield path.name


def forget_unfinished(seconds: float, *, now: float) -> int:
    """Remove what processes that died were writing longer than `seconds` ago; how many there were."""
    leftovers = [path for path in _unfinished().glob("*") if _is_older(path, seconds, now)]
    for path in leftovers:
        path.unlink(missing_ok=True)
    return len(leftovers)


def _is_older(path: Path, seconds: float, now: float) -> bool:
    try:
        return now - path.stat().st_mtime > seconds
    except FileNotFoundError:
        return False


@contextmanager
def _taken_in(upload: Upload) -> Iterator[tuple[Accepted, BinaryIO]]:
    """What the upload is, and the bytes to keep, in a file that is removed afterwards unless it was moved."""
    name = checked_name(upload.name)
    with _scratch() as came:
        _copy(upload, came)
        with opened(came) as content:
            media_type = told_kind(content)
            size = content.size
        if not is_picture(media_type):
            yield Accepted(name, media_type, size), came
            return
        with _scratch() as drawn:
            draw_anew(came, drawn, media_type=media_type)
            yield Accepted(name, media_type, drawn.seek(0, os.SEEK_END)), drawn


@contextmanager
def _scratch() -> Iterator[BinaryIO]:
    folder = _unfinished()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        try:
            yield file  # type: ignore[misc]  # typeshed's wrapper has every method of BinaryIO
        finally:
            Path(file.name).unlink(missing_ok=True)


def _copy(upload: Upload, into: BinaryIO) -> None:
    most = settings.FILES_LARGEST_MB * MEGABYTE
    size = 0
    for portion in upload.chunks(PORTION):
        size += len(portion)
        if size > most:
            raise FileRefusedError("too_large", most=settings.FILES_LARGEST_MB)
        into.write(portion)
    if not size:
        raise FileRefusedError("empty")
    into.flush()


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    made = hashlib.sha256()
    while portion := file.read(PORTION):
        made.update(portion)
    return made.hexdigest()


def _make_lasting(file: BinaryIO, path: Path) -> None:
    """On disk before anybody is told, and never seen half: synced, renamed, then the folder synced."""
    file.flush()
    os.fsync(file.fileno())
    os.fchmod(file.fileno(), settings.FILE_UPLOAD_PERMISSIONS)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    Path(file.name).rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _path_of(key: str) -> Path:
    if not KEY.fullmatch(key):
        raise NotKeptError(key)
    return _kept() / key[:2] / key


def _kept() -> Path:
    return Path(settings.MEDIA_ROOT) / "kept"


def _unfinished() -> Path:
    return Path(settings.MEDIA_ROOT) / "unfinished"
