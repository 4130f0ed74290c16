"""The bytes of a file under inspection: read in place, never as a whole in memory."""

import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

END_OF_ZIP = re.compile(rb"PK\x05\x06")
END_OF_ZIP_LENGTH = 22
MAX_COMMENT_LENGTH = 0xFFFF


@dataclass(frozen=True)
class Content:
    """A file on our disk, its size and a view of its bytes."""

    file: BinaryIO
    view: mmap.mmap
    size: int

    def head(self, length: int = 1024) -> bytes:
        """The first bytes."""
        return self.view[:length]

    def tail(self, length: int = 1024) -> bytes:
        """The last bytes."""
        return self.view[max(0, self.size - length) :]

    @property
    def ends_as_zip(self) -> bool:
        """Whether an unpacker would find an archive near the end: its last record, and the directory before that."""
        start = max(0, self.size - END_OF_ZIP_LENGTH - MAX_COMMENT_LENGTH)
        tail = self.view[start:]
        return any(self._is_last_record(start + found.start()) for found in END_OF_ZIP.finditer(tail))

    def _is_last_record(self, place: int) -> bool:
        record = self.view[place : place + END_OF_ZIP_LENGTH]
        directory = int.from_bytes(record[12:16], "little")
        comment = int.from_bytes(record[20:22], "little")
        before = self.view[max(0, place - directory) : place]
        return before.startswith(b"PK\x01\x02") or place + END_OF_ZIP_LENGTH + comment == self.size


@contextmanager
def opened(file: BinaryIO) -> Iterator[Content]:
    """`file`, which must lie on a disk and not be empty, as Content."""
    file.flush()
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        yield Content(file, view, len(view))
