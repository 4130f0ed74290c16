"""What people hold, opened: PDFs, baked images, photos of a QR code, or a text; told apart by content alone."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from credentials.verification.formats.baked_images import PNG, DamagedImageError, records_in_png, records_in_svg
from credentials.verification.rules.verdicts import FileKind

MAX_FILE_BYTES = 5 * 1024 * 1024
MAX_RECORDS = 5
OPENER = Path(__file__).with_name("file_opener.py")
OPENER_SECONDS = 10.0  # its own limit of CPU time is shorter; this one also ends what waits
HEAD = 1024
# An ISO base media file of these brands is what telephones call HEIC or AVIF; no decoder is at hand for them.
HEIC = re.compile(rb"^.{4}ftyp(heic|heix|hevc|mif1|msf1|avif)", re.DOTALL)


class Unopened(StrEnum):
    """Why nothing was found in a file."""

    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_RECORDS = "too_many_records"
    FILE_TOO_LARGE = "file_too_large"
    NO_RECORD_IN_PDF = "no_record_in_pdf"
    NO_RECORD_IN_SVG = "no_record_in_svg"
    NO_CODE_IN_PICTURE = "no_code_in_picture"
    PICTURE_FORMAT = "picture_format"
    ARCHIVE = "archive"


class NotOpenedError(Exception):
    """Nothing in the file can be judged; `why` says so."""

    def __init__(self, why: Unopened) -> None:
        self.why = why
        super().__init__(why.value)


@dataclass(frozen=True, slots=True)
class Opened:
    """The records in a file: JSON, JWTs, or words such as an address. `kind` is None for a text presented alone."""

    kind: FileKind | None
    records: tuple[bytes, ...]


def opened(content: bytes) -> Opened:
    """The records in `content`, at most MAX_RECORDS; raises NotOpenedError, also for more.

    To answer for some of them would be an answer for all in the eyes of whoever asks.
    """
    if len(content) > MAX_FILE_BYTES:
        raise NotOpenedError(Unopened.FILE_TOO_LARGE)
    head = content[:HEAD]
    # Before PDF, as a PDF may lie in it unpacked.
    if content.startswith((b"PK\x03\x04", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")):
        raise NotOpenedError(Unopened.ARCHIVE)
    # Readers of PDF let other bytes stand before it; a text may mention the mark.
    if b"%PDF-" in head and not head.lstrip().startswith((b"{", b"<", b"ey")):
        return _found(FileKind.PDF, _by_opener("pdf", content), Unopened.NO_RECORD_IN_PDF)
    if content.startswith(PNG):
        return _in_png(content)
    if content.startswith((b"\xff\xd8\xff", b"GIF8")) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        return _photo(content)
    if HEIC.match(content):
        raise NotOpenedError(Unopened.PICTURE_FORMAT)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"<svg" in content[: 64 * HEAD].lower():
        return _in_svg(content)
    return Opened(None, (content,))


def _in_png(content: bytes) -> Opened:
    try:
        baked = records_in_png(content)
    except DamagedImageError:
        raise NotOpenedError(Unopened.DAMAGED) from None
    return _found(FileKind.PNG, baked, Unopened.DAMAGED) if baked else _photo(content)


def _in_svg(content: bytes) -> Opened:
    try:
        baked = records_in_svg(content)
    except DamagedImageError:
        raise NotOpenedError(Unopened.DAMAGED) from None
    return _found(FileKind.SVG, baked, Unopened.NO_RECORD_IN_SVG)


def _photo(content: bytes) -> Opened:
    return _found(FileKind.PHOTO, _by_opener("picture", content), Unopened.NO_CODE_IN_PICTURE)


def _found(kind: FileKind, records: list[bytes], otherwise: Unopened) -> Opened:
    if not records:
        raise NotOpenedError(otherwise)
    if len(records) > MAX_RECORDS:
        raise NotOpenedError(Unopened.TOO_MANY_RECORDS)
    return Opened(kind, tuple(records))


def _by_opener(kind: Literal["pdf", "picture"], content: bytes) -> list[bytes]:
    """What the opener finds, in a process of its own that knows no secrets; raises NotOpenedError."""
    try:
        done = subprocess.run(  # noqa: S603 - our own program under our own interpreter
            [sys.executable, "-I", str(OPENER), kind],
            input=content,
            capture_output=True,
            timeout=OPENER_SECONDS,
            env={"LC_ALL": "C.UTF-8"},
            check=True,
        )
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, BrokenPipeError, json.JSONDecodeError):
        raise NotOpenedError(Unopened.DAMAGED) from None
    return _texts(answer)


def _texts(answer: Mapping[str, object]) -> list[bytes]:
    match answer:
        case {"found": list(found)}:
            return [base64.b64decode(text) for text in found]
        case {"refused": str(reason)}:
            raise NotOpenedError(Unopened(reason))
    raise NotOpenedError(Unopened.DAMAGED)
