"""Documents of Office and LibreOffice: ZIP packages whose every byte belongs to a member that is known and checked."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat  # refuses what makes it dangerous: see _check_markup

from core.files.content import Content
from core.files.refusals import FileRefusedError

MAX_MEMBERS = 3_000
MAX_UNPACKED = 200 * 1024 * 1024
LARGEST_RATIO = 150  # sheets with the same number in every cell reach 100
SMALL = 1024 * 1024  # below this a ratio says nothing
LARGEST_EMBEDDED = 10 * 1024 * 1024
PORTION = 64 * 1024

_office = "application/vnd.openxmlformats-officedocument."
MAIN_PARTS = {
    f"{_office}wordprocessingml.document.main+xml": f"{_office}wordprocessingml.document",
    f"{_office}spreadsheetml.sheet.main+xml": f"{_office}spreadsheetml.sheet",
    f"{_office}presentationml.presentation.main+xml": f"{_office}presentationml.presentation",
}
OPEN_DOCUMENTS = {f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation")}

MACROS = re.compile(r"(^|/)(vba(project|data)[^/]*|macrosheets/.*)$|^(Basic|Scripts)/", re.IGNORECASE)
OBJECTS = re.compile(r"(^|/)(activex|oleobject)[^/]*$", re.IGNORECASE)
EMBEDDED = re.compile(r"(^|/)embeddings/[^/]+\.(xlsx|docx|pptx)$", re.IGNORECASE)
MARKUP = (".xml", ".rels", ".vml", ".rdf")
ARCHIVES = (
    b"PK\x03\x04",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"MZ",
    b"\x7fELF",
    b"\xd0\xcf\x11\xe0",
)
FETCHED = re.compile(r"/(attachedTemplate|oleObject|frame|subDocument|package|control)$")
ELSEWHERE = re.compile(r"\s*(https?|ftp|file://[^/]|\\\\|//|mhtml|ms-\w+|javascript)", re.IGNORECASE)
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, UnicodeError)
DESCRIPTORS = {0, 12, 16, 20, 24}


def document_type(content: Content) -> str:
    """The media type of the package in `content`; raises FileRefusedError when it is none that is taken."""
    return _type_of(content.file, size=content.size, room=MAX_UNPACKED, depth=0)


def _type_of(file: IO[bytes], *, size: int, room: int, depth: int) -> str:
    try:
        with zipfile.ZipFile(file) as package:
            members = package.infolist()
            kind = _declared(package)
            _check_names(members, kind)
            _check_places(package, file, members, size)
            _check_members(package, members, room, depth)
    except BROKEN as error:
        raise FileRefusedError("damaged") from error
    except RuntimeError as error:  # how zipfile says that it would need a password
        raise FileRefusedError("encrypted") from error
    return kind


def _declared(package: zipfile.ZipFile) -> str:
    """What the package says it is, where its standard looks: in the member `mimetype`, or in its content types."""
    if len(package.infolist()) > MAX_MEMBERS:
        raise FileRefusedError("unpacks_too_large")
    names = package.namelist()
    if any(member.flag_bits & 0x1 for member in package.infolist()):
        raise FileRefusedError("encrypted")
    if names[:1] == ["mimetype"]:
        kind = _small(package, "mimetype").decode("ascii", "replace")
        if kind not in OPEN_DOCUMENTS:
            raise FileRefusedError("archive" if not kind.startswith("application/vnd.oasis") else "not_accepted")
        if "META-INF/manifest.xml" not in names:
            raise FileRefusedError("damaged")
        if b"encryption-data" in _small(package, "META-INF/manifest.xml"):
            raise FileRefusedError("encrypted")
        return kind
    if "[Content_Types].xml" not in names:
        raise FileRefusedError("archive")
    types = _small(package, "[Content_Types].xml").decode("utf-8", "replace")
    if "macroenabled" in types.lower():
        raise FileRefusedError("macros")
    found = {document for part, document in MAIN_PARTS.items() if f'"{part}"' in types}
    if len(found) != 1:
        raise FileRefusedError("not_accepted" if not found else "more_than_one_kind")
    return found.pop()


def _small(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name) as member:
        content = member.read(SMALL + 1)
    if len(content) > SMALL:
        raise FileRefusedError("unpacks_too_large")
    return content


def _check_names(members: list[zipfile.ZipInfo], kind: str) -> None:
    seen = set()
    for member in members:
        name = member.filename
        if name.lower() in seen or name.startswith("/") or "\\" in name or ".." in name.split("/") or "\x00" in name:
            raise FileRefusedError("damaged")
        seen.add(name.lower())
        if MACROS.search(name):
            raise FileRefusedError("macros")
        if OBJECTS.search(name):
            raise FileRefusedError("embedded")
        if kind not in OPEN_DOCUMENTS and name == "mimetype":
            raise FileRefusedError("more_than_one_kind")


def _check_places(package: zipfile.ZipFile, file: IO[bytes], members: list[zipfile.ZipInfo], size: int) -> None:
    """Members lie one after the other without overlap; nothing lies before, between or behind them."""
    place = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset - place not in DESCRIPTORS or (place == 0 and member.header_offset):
            raise FileRefusedError("more_than_one_kind")
        file.seek(member.header_offset)
        header = file.read(30)
        if header[:4] != b"PK\x03\x04":
            raise FileRefusedError("damaged")
        lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        place = member.header_offset + 30 + lengths + member.compress_size
    if package.start_dir - place not in DESCRIPTORS or package.comment:
        raise FileRefusedError("more_than_one_kind")
    file.seek(size - 22)
    if file.read(4) != b"PK\x05\x06":
        raise FileRefusedError("more_than_one_kind")


def _check_members(package: zipfile.ZipFile, members: list[zipfile.ZipInfo], room: int, depth: int) -> None:
    if sum(member.file_size for member in members) > room:
        raise FileRefusedError("unpacks_too_large")
    for member in members:
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise FileRefusedError("damaged")
        if member.file_size > max(SMALL, member.compress_size * LARGEST_RATIO):
            raise FileRefusedError("unpacks_too_large")
        _check_member(package, member, room, depth)


def _check_member(package: zipfile.ZipFile, member: zipfile.ZipInfo, room: int, depth: int) -> None:
    with package.open(member) as inside:
        head = inside.read(8)
        if EMBEDDED.search(member.filename) and head.startswith(b"PK\x03\x04"):
            _check_embedded(head + inside.read(LARGEST_EMBEDDED), room, depth)
        elif head.startswith(ARCHIVES):
            raise FileRefusedError("embedded")
        elif member.filename.lower().endswith(MARKUP):
            _check_markup(_portions(head, inside))
        else:
            for _ in _portions(head, inside):
                pass  # zipfile compares the checksum at the end


def _portions(head: bytes, inside: IO[bytes]) -> Iterator[bytes]:
    yield head
    while portion := inside.read(PORTION):
        yield portion


def _check_embedded(content: bytes, room: int, depth: int) -> None:
    """The sheet behind a chart is a document of its own, held to the same; one within it is not looked for."""
    if depth or len(content) > LARGEST_EMBEDDED:
        raise FileRefusedError("embedded")
    _type_of(io.BytesIO(content), size=len(content), room=room // 4, depth=depth + 1)


def _check_markup(portions: Iterator[bytes]) -> None:
    """Well-formed, without a document type (so without entities), and fetching nothing from elsewhere."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = _check_relationship
    try:
        for portion in portions:
            parser.Parse(portion, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise FileRefusedError("damaged") from error


def _refuse_doctype(*_declared: object) -> None:
    raise FileRefusedError("scripts")


def _check_relationship(name: str, attributes: dict[str, str]) -> None:
    if not name.endswith("Relationship") or attributes.get("TargetMode") != "External":
        return
    if FETCHED.search(attributes.get("Type", "")) and ELSEWHERE.match(attributes.get("Target", "")):
        raise FileRefusedError("reaches_out")
