"""Where files lie, when they are there, and when they go."""

import hashlib
import os
import stat
import time
import tracemalloc
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from core.files import FileRefusedError, NotKeptError, check_room, forget, keep, open_kept, sweeping
from core.files.names import MAX_LENGTH
from tests.core.files.conftest import Upload, files_below
from tests.core.files.makers import film

DAY = 86_400


@pytest.fixture
def named() -> Iterator[set[str]]:
    """Keys that somebody's rows name; nobody else is asked meanwhile."""
    keys: set[str] = set()

    def holder(asked: Collection[str]) -> set[str]:
        return keys & set(asked)

    before = dict(sweeping._holders)
    sweeping._holders.clear()
    sweeping.register_holder("test", holder)
    yield keys
    sweeping._holders.clear()
    sweeping._holders.update(before)


def test_a_key_says_nothing_and_only_we_may_read_the_file(folder: Path) -> None:
    stored = keep(Upload("My name.txt", b"words"))

    (path,) = files_below(folder)
    assert path == folder / "kept" / stored.key[:2] / stored.key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stored.digest == hashlib.sha256(b"words").hexdigest()


def test_the_same_file_twice_has_two_keys(folder: Path) -> None:
    assert keep(Upload("a.txt", b"words")).key != keep(Upload("a.txt", b"words")).key


def test_a_file_that_is_forgotten_is_gone(folder: Path) -> None:
    stored = keep(Upload("a.txt", b"words"))

    forget(stored.key)
    forget(stored.key)

    with pytest.raises(NotKeptError):
        open_kept(stored.key)
    assert files_below(folder) == []


@pytest.mark.parametrize("key", ["", "..", "../../etc/passwd", "/etc/passwd", "a" * 31, "A" * 32, "a" * 32 + "\n"])
def test_a_key_is_never_a_path(key: str) -> None:
    with pytest.raises(NotKeptError):
        open_kept(key)


def test_a_disk_that_fails_keeps_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space"):
        keep(Upload("a.txt", b"words"))
    assert files_below(folder) == []


def test_a_long_name_is_cut_and_keeps_its_suffix(folder: Path) -> None:
    stored = keep(Upload("a" * 300 + ".txt", b"words"))

    assert len(stored.name) == MAX_LENGTH
    assert stored.name.endswith("a.txt")


def test_a_large_file_never_lies_in_memory_as_a_whole(folder: Path, settings: Settings) -> None:
    settings.FILES_LARGEST_MB = 40
    large = Upload("film.mp4", film(b"isom", b"vide", after=b"\x02\x00\x00\x08free" + bytes(0x2000000)))
    tracemalloc.start()

    keep(large)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 1_000_000


def test_files_that_no_row_names_are_swept_after_a_day(folder: Path, named: set[str]) -> None:
    kept, orphan = keep(Upload("a.txt", b"a")), keep(Upload("b.txt", b"b"))
    named.add(kept.key)

    assert sweeping.sweep_orphans(now=time.time() + DAY - 60) == 0
    assert sweeping.sweep_orphans(now=time.time() + DAY + 60) == 1

    open_kept(kept.key).close()
    with pytest.raises(NotKeptError):
        open_kept(orphan.key)


def test_what_a_process_that_died_was_writing_is_swept(folder: Path, named: set[str]) -> None:
    (folder / "unfinished").mkdir(parents=True)
    (folder / "unfinished" / "tmpabc").write_bytes(b"half")

    assert sweeping.sweep_orphans(now=time.time() + DAY + 60) == 1
    assert files_below(folder) == []


def test_nothing_is_swept_while_nobody_is_asked(folder: Path, named: set[str]) -> None:
    keep(Upload("a.txt", b"a"))
    sweeping._holders.clear()

    assert sweeping.sweep_orphans(now=time.time() + 9 * DAY) == 0
    assert len(files_below(folder)) == 1


def test_a_piece_of_work_has_room_for_so_many_files(settings: Settings) -> None:
    settings.FILES_PER_WORK = 2
    check_room(files=1, used=0, size=1)

    with pytest.raises(FileRefusedError) as refused:
        check_room(files=2, used=0, size=1)
    assert refused.value.words.startswith("A piece of work can have 2 files.")


def test_a_learner_has_room_for_so_many_bytes(settings: Settings) -> None:
    settings.FILES_PER_LEARNER_MB = 1
    check_room(files=0, used=1024 * 1024 - 5, size=5)

    with pytest.raises(FileRefusedError) as refused:
        check_room(files=0, used=1024 * 1024 - 5, size=6)
    assert refused.value.code == "no_room"
