"""Records inside images: PNG and SVG into which a credential was baked (Open Badges 3.0 and 2.0, CLR 2.0)."""

import zlib
from collections.abc import Iterator

import defusedxml.ElementTree as Xml
from defusedxml.common import DefusedXmlException

PNG = b"\x89PNG\r\n\x1a\n"
KEYWORDS = frozenset({b"openbadgecredential", b"clrcredential", b"openbadges"})
MAX_RECORD_BYTES = 1024 * 1024
MAX_CHUNKS = 20_000
NAMESPACES = frozenset(
    {
        "https://purl.imsglobal.org/ob/v3p0",
        "https://purl.imsglobal.org/clr/v2p0",
        "http://openbadges.org",
        "https://openbadges.org",
    }
)
ELEMENTS = frozenset({"credential", "assertion"})


class DamagedImageError(ValueError):
    """The image does not follow its format, or a record in it unpacks to too much."""


def records_in_png(content: bytes) -> list[bytes]:
    """The records in the text chunks of a PNG; raises DamagedImageError."""
    found = []
    for kind, chunk in _chunks(content):
        keyword, separator, rest = chunk.partition(b"\0")
        if separator and keyword.lower() in KEYWORDS and kind in {b"iTXt", b"tEXt"}:
            found.append(_international(rest) if kind == b"iTXt" else rest)
    return found


def records_in_svg(content: bytes) -> list[bytes]:
    """The records in the elements of an SVG, as their text or their `verify`; raises DamagedImageError.

    Entities are refused: a few of them can unpack to gigabytes.
    """
    try:
        tree = Xml.fromstring(content, forbid_entities=True)
    except (Xml.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise DamagedImageError("no XML that is read") from error
    found = []
    for element in tree.iter():
        namespace, _brace, name = str(element.tag).removeprefix("{").rpartition("}")
        if namespace in NAMESPACES and name in ELEMENTS:
            text = "".join(element.itertext()).strip() or element.get("verify", "")
            found.append(text.encode())
    return [record for record in found if record]


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks up to IEND: length, four letters, content, checksum (PNG, section 5.3)."""
    place = len(PNG)
    for _number in range(MAX_CHUNKS):
        length, kind = int.from_bytes(content[place : place + 4]), content[place + 4 : place + 8]
        end = place + 8 + length
        if len(kind) != 4 or end + 4 > len(content):  # noqa: PLR2004 - four letters, four bytes of checksum
            raise DamagedImageError("a chunk is cut off")
        if kind == b"IEND":
            return
        yield kind, content[place + 8 : end]
        place = end + 4
    raise DamagedImageError("too many chunks")


def _international(rest: bytes) -> bytes:
    """The text of an iTXt chunk, behind two flags, a language and a translated keyword (PNG, section 11.3.3.4)."""
    if len(rest) < 2:  # noqa: PLR2004 - the flags
        raise DamagedImageError("a chunk is cut off")
    text = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    if rest[0] != 1:
        return text
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(text, MAX_RECORD_BYTES)
    except zlib.error as error:
        raise DamagedImageError("a chunk does not unpack") from error
    if unpacker.unconsumed_tail:
        raise DamagedImageError("a chunk unpacks to too much")
    return unpacked
