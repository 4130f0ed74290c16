"""Files made byte by byte, whole ones and such as nobody would want: the stuff of which both families are built."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from PIL import Image, ImageDraw

# --- pictures ---------------------------------------------------------------------------------------------------


def picture(kind: str, *, mode: str = "RGB", size: tuple[int, int] = (48, 32), **options: object) -> bytes:
    """A small drawing in the format that Pillow calls `kind`."""
    drawn = Image.new("RGB", size, "white")
    ImageDraw.Draw(drawn).ellipse((4, 4, size[0] // 2, size[1] - 4), fill="teal")
    into = io.BytesIO()
    drawn.convert(mode).save(into, kind, **options)
    return into.getvalue()


def moving(kind: str, frames: int = 3) -> bytes:
    pictures = [Image.new("RGB", (20, 20), (index * 20 % 255, 80, 120)) for index in range(frames)]
    into = io.BytesIO()
    pictures[0].save(into, kind, save_all=True, append_images=pictures[1:], duration=80, loop=0)
    return into.getvalue()


def photo(*, orientation: int = 6) -> bytes:
    """A JPEG as a phone makes it: turned, with the name of its maker and the place in EXIF."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Secret Maker"
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", size=(60, 40), exif=exif)


def png(*chunks: tuple[bytes, bytes], width: int = 2, height: int = 2) -> bytes:
    """A PNG of these chunks between IHDR and IEND, with right checksums."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IEND", b"")]
    made = b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in parts
    )
    return b"\x89PNG\r\n\x1a\n" + made


# --- PDF --------------------------------------------------------------------------------------------------------


def pdf(*objects: bytes, catalog: bytes = b"", trailer: bytes = b"") -> bytes:
    """A PDF of one empty page and these further objects, with its table of places."""
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        *objects,
    ]
    made, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer\n<< /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, trailer, start)
    return made


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(content), entries, content)


def object_stream(inside: bytes) -> bytes:
    return stream(zlib.compress(inside), b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode")


# --- packages ---------------------------------------------------------------------------------------------------

OFFICE = "application/vnd.openxmlformats-officedocument."
MAIN = {
    "docx": ("word/document.xml", f"{OFFICE}wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{OFFICE}spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{OFFICE}presentationml.presentation.main+xml"),
}
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
Members = Mapping[str, bytes | str]


def zipped(members: Members, *, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", method) as package:
        for name, content in members.items():
            package.writestr(name, content)
        package.comment = comment
    return into.getvalue()


def office_members(kind: str) -> dict[str, bytes | str]:
    part, content_type = MAIN[kind]
    return {
        "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{TYPES}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{part}" ContentType="{content_type}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="rId1" Target="{part}" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
        part: '<?xml version="1.0"?><document><p>What I did on Monday</p></document>',
    }


def office(kind: str, more: Members | None = None, **options: object) -> bytes:
    return zipped({**office_members(kind), **(more or {})}, **options)  # type: ignore[arg-type]  # zipped's own


def open_document(kind: str, more: Members | None = None, manifest: str = "") -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}", zipfile.ZIP_STORED)
        package.writestr("content.xml", "<office:document-content xmlns:office='urn:o'/>")
        package.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        for name, content in (more or {}).items():
            package.writestr(name, content)
    return into.getvalue()


def external(kind: str, target: str) -> str:
    link = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"
    return (
        f'<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="rId9" Type="{link}" Target="{target}" '
        'TargetMode="External"/></Relationships>'
    )


# --- recordings -------------------------------------------------------------------------------------------------


def mp3(frames: int = 12, *, tag: bytes = b"", after: bytes = b"") -> bytes:
    """Silent frames of MPEG-1 layer III, 128 kbit/s at 44.1 kHz, behind an ID3v2 tag with this content."""
    frame = b"\xff\xfb\x90\x00" + b"\x00" * 413
    size = len(tag)
    parts = bytes((size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127))
    return (b"ID3\x04\x00\x00" + parts + tag if tag else b"") + frame * frames + after


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def film(brand: bytes = b"isom", *handlers: bytes, after: bytes = b"") -> bytes:
    """An MP4 with one track for each handler."""
    tracks = b"".join(
        box(b"trak", box(b"mdia", box(b"hdlr", b"\x00" * 8 + handler + b"\x00" * 12))) for handler in handlers
    )
    beginning = box(b"ftyp", brand + b"\x00\x00\x02\x00" + brand)
    return beginning + box(b"moov", tracks) + box(b"mdat", b"\x01\x02" * 200) + after
