"""PDF: whole, without password, scripts, programs and files inside (ISO 32000-2).

Names are looked for outside of streams and in object streams; a PDF is handed out as a download only, so this
protects people's readers, not our pages.
"""

import re
import zlib

from core.files.content import Content
from core.files.refusals import FileRefusedError

HEADER = re.compile(rb"%PDF-[12]\.\d")
BLANKS = b"\x00\t\n\x0c\r "
STREAM = re.compile(rb"stream\r?\n")
LATEST_END = 2048
LARGEST_OBJECT_STREAM = 16 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024

_delimiter = rb"(?=[\x00\t\n\x0c\r ()<>\[\]{}/%]|$)"
# Names as they are, and every name with an escape, which is looked at decoded.
NAMES = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|Encrypt|[A-Za-z]*#[0-9A-Fa-f]{2}[A-Za-z0-9#]*)" + _delimiter
)
ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
REFUSED = {
    b"JavaScript": "scripts",
    b"JS": "scripts",
    b"Launch": "scripts",
    b"RichMedia": "embedded",
    b"EmbeddedFile": "embedded",
    b"EmbeddedFiles": "embedded",
    b"Encrypt": "encrypted",
}


def check_pdf(content: Content) -> None:
    """Raises FileRefusedError when `content` is no PDF that can be handed on."""
    if not HEADER.match(content.head()):
        raise FileRefusedError("damaged")
    end = content.tail(LATEST_END)
    last = end.rfind(b"%%EOF")
    if last < 0 or b"startxref" not in end:
        raise FileRefusedError("damaged")
    if end[last + 5 :].strip(BLANKS):
        raise FileRefusedError("more_than_one_kind")
    _check_objects(content)


def _check_objects(content: Content) -> None:
    place = unpacked = 0
    while found := STREAM.search(content.view, place):
        outside = content.view[place : found.start()]
        _check_names(outside)
        end = content.view.find(b"endstream", found.end())
        if end < 0:
            raise FileRefusedError("damaged")
        if b"/ObjStm" in outside[outside.rfind(b"obj") :]:
            inside = _unpacked(content.view[found.end() : end])
            unpacked += len(inside)
            if unpacked > MAX_UNPACKED:
                raise FileRefusedError("unpacks_too_large")
            _check_names(inside)
        place = end + len(b"endstream")
    _check_names(content.view[place:])


def _check_names(part: bytes) -> None:
    for found in NAMES.finditer(part):
        name = ESCAPE.sub(lambda code: bytes([int(code[1], 16)]), found[1])
        if name in REFUSED:
            raise FileRefusedError(REFUSED[name])


def _unpacked(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        inside = unpacker.decompress(packed, LARGEST_OBJECT_STREAM)
    except zlib.error:
        return packed  # another filter, or none
    if unpacker.unconsumed_tail:
        raise FileRefusedError("unpacks_too_large")
    return inside
