"""Uploads that nobody should be able to leave here, by families: name, content, and why each has to be refused."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.core.files.makers import (
    box,
    external,
    film,
    mp3,
    object_stream,
    office,
    office_members,
    open_document,
    pdf,
    photo,
    picture,
    png,
    stream,
    zipped,
)

SCRIPT = b"<script>alert(document.domain)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>'
ARCHIVE = zipped({"evil.exe": b"MZ\x90\x00", "readme.txt": "hello"})
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\x00" * 200
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


@dataclass(frozen=True)
class Hostile:
    """One upload; `codes` are the reasons for which it may be refused."""

    family: str
    name: str
    content: bytes
    codes: frozenset[str]

    @property
    def label(self) -> str:
        """Its name in a report; nothing of its bytes, for an archive holds the second at which it was written."""
        return f"{self.family}: {self.name[:40]!r}"


def hostile_uploads() -> list[Hostile]:
    """All of them."""
    return [upload for family in FAMILIES for upload in family()]


def _one(family: str, name: str, content: bytes, *codes: str) -> Hostile:
    return Hostile(family, name, content, frozenset(codes))


def two_in_one() -> Iterator[Hostile]:
    whole = {
        "a.png": picture("PNG"), "a.gif": picture("GIF"), "a.webp": picture("WEBP"), "a.jpg": picture("JPEG"),
        "a.pdf": pdf(), "a.mp3": mp3(), "a.mp4": film(b"isom", b"vide"), "a.docx": office("docx"),
    }  # fmt: skip
    behind = {
        "archive": ARCHIVE, "pdf": pdf(), "page": b"<html>" + SCRIPT, "php": b"<?php system($_GET['c']); ?>",
        "program": PROGRAM, "drawing": SVG,
    }  # fmt: skip
    codes = ("more_than_one_kind", "damaged", "archive", "not_accepted", "embedded", "scripts")
    for name, content in whole.items():
        for what, rest in behind.items():
            if not (name == "a.pdf" and what == "pdf"):  # a PDF behind a PDF is how changes to one are saved
                yield _one("two in one", f"{what}-{name}", content + rest, *codes)
    for name, content in whole.items():
        yield _one("two in one, the other way round", name, ARCHIVE + content, *codes)
        yield _one("a picture before it", name, picture("GIF") + content, *codes)
        if name != "a.pdf":
            yield _one("PDF near the beginning", name, content[:4] + b"%PDF-1.7\n" + content[4:], *codes)


def archives_inside() -> Iterator[Hostile]:
    inside = ARCHIVE
    yield _one("archive as comment", "a.pdf", pdf(stream(inside))[:-6] + b"%" + inside + b"\n%%EOF\n", "damaged",
               "more_than_one_kind")  # fmt: skip
    hidden = bytearray(zipped({"a.txt": b"x"}))
    body = pdf() + bytes(hidden[:-2]) + struct.pack("<H", 7) + b"\n%%EOF\n"
    yield _one("archive whose comment ends the PDF", "a.pdf", body, "more_than_one_kind")
    yield _one("archive in a text chunk", "a.png", png((b"tEXt", b"x\x00" + inside)) + inside, "more_than_one_kind")
    yield _one(
        "archive in a free box", "a.mp4", film(b"isom", b"vide", after=box(b"free", inside)), "more_than_one_kind"
    )
    for kind in ("docx", "xlsx", "pptx"):
        for name, content in {
            "word/media/inner.zip": ARCHIVE, "word/embeddings/inner.bin": OLE, "word/media/tool.exe": PROGRAM,
            "word/media/more.gz": gzip.compress(b"x" * 200), "word/embeddings/object.docx": ARCHIVE,
        }.items():  # fmt: skip
            yield _one(
                "something packed inside", f"{kind}.{kind}", office(kind, {name: content}), "embedded", "archive"
            )
    deep = office("docx", {"word/embeddings/a.docx": office("docx", {"word/embeddings/b.docx": office("docx")})})
    yield _one("documents in documents", "deep.docx", deep, "embedded")


def bombs() -> Iterator[Hostile]:
    zeros = b"\x00" * (12 * 1024 * 1024)
    for kind in ("docx", "xlsx", "pptx"):
        yield _one("bomb", f"ratio.{kind}", office(kind, {"word/media/big.bin": zeros}), "unpacks_too_large")
        many = {f"word/part{number}.txt": b"" for number in range(3100)}
        yield _one("bomb", f"members.{kind}", office(kind, many), "unpacks_too_large")
    yield _one("bomb", "ratio.odt", open_document("text", {"Pictures/big.bin": zeros}), "unpacks_too_large")
    nested = office("docx", {"word/embeddings/a.xlsx": office("xlsx", {"xl/media/big.bin": zeros})})
    yield _one("bomb", "nested.docx", nested, "unpacks_too_large")
    yield _one("bomb", "overlap.docx", overlapping(), "more_than_one_kind", "damaged")
    yield _one("bomb", "lying.docx", lying(), "damaged", "unpacks_too_large")
    yield _one("bomb", "objects.pdf", pdf(object_stream(b" " * (20 * 1024 * 1024))), "unpacks_too_large")
    for name, width, height in (("wide", 60_000, 60_000), ("long", 1, 2**31 - 1), ("square", 8_000, 8_000)):
        packed = zlib.compress(b"\x00" * 100)
        yield _one("picture bomb", f"{name}.png", png((b"IDAT", packed), width=width, height=height),
                   "too_many_pixels", "damaged")  # fmt: skip
    size = struct.pack("<HH", 65535, 65535)
    gif = picture("GIF")
    image = gif.index(b"\x2c", 13 + (3 << (gif[10] & 7) + 1 if gif[10] & 128 else 13))
    huge = gif[:6] + size + gif[10 : image + 5] + size + gif[image + 9 :]
    yield _one("picture bomb", "huge.gif", huge, "too_many_pixels", "damaged")
    jpeg = picture("JPEG")
    start = jpeg.index(b"\xff\xc0")
    huge = jpeg[: start + 5] + b"\xff\xff\xff\xff" + jpeg[start + 9 :]
    yield _one("picture bomb", "huge.jpg", huge, "too_many_pixels", "damaged")
    text = zlib.compress(b"\x00" * (80 * 1024 * 1024), 9)
    yield _one("picture bomb", "text.png", png((b"zTXt", b"x\x00\x00" + text), (b"IDAT", zlib.compress(b"\x00" * 14))),
               "damaged", "too_many_pixels")  # fmt: skip
    entities = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    for member in ("word/document.xml", "docProps/core.xml", "word/_rels/document.xml.rels"):
        yield _one("entities", "lol.docx", office("docx", {member: entities}), "scripts")
    yield _one("entities", "lol.odt", open_document("text", {"styles.xml": entities}), "scripts")
    wide = '<?xml version="1.0" encoding="UTF-16"?>' + entities
    yield _one("entities", "utf16.docx", office("docx", {"word/styles.xml": wide.encode("utf-16")}), "scripts")
    reading = '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'
    yield _one("entities", "xxe.docx", office("docx", {"word/styles.xml": reading}), "scripts")


def overlapping() -> bytes:
    """Two entries of the directory lead to the same member."""
    made = office("docx", {"word/media/a.bin": b"a" * 100, "word/media/b.bin": b"b" * 100})
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        first, second = package.getinfo("word/media/a.bin"), package.getinfo("word/media/b.bin")
    place = made.rindex(b"word/media/b.bin") - 46
    moved = made[: place + 42] + struct.pack("<I", first.header_offset) + made[place + 46 :]
    assert second.header_offset != first.header_offset
    return moved


def lying() -> bytes:
    """A member that says it is small."""
    made = bytearray(office("docx", {"word/media/a.bin": b"\x00" * (3 * 1024 * 1024)}))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        name = made.find(b"word/media/a.bin") if mark == b"PK\x03\x04" else made.rfind(b"word/media/a.bin")
        header = made.rfind(mark, 0, name)
        made[header + place : header + place + 4] = struct.pack("<I", 1000)
    return bytes(made)


def drawings() -> Iterator[Hostile]:
    beginnings = (
        b"", b"\xef\xbb\xbf", b"   \r\n\t", b'<?xml version="1.0"?>', b"<!-- a picture -->\n", b"\xef\xbb\xbf\n\n",
        b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">',
    )  # fmt: skip
    drawings = (
        SVG,
        b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="4"/></svg>',
        b'<svg xmlns="http://www.w3.org/2000/svg"><foreignObject><body onload="alert(1)"/></foreignObject></svg>',
        b"<SVG onload=alert(1)>",
    )  # fmt: skip
    for number, beginning in enumerate(beginnings):
        for which, drawing in enumerate(drawings):
            name = ("drawing.txt", "photo.png", "photo.jpg", "notes.md")[which]
            yield _one("drawing with script", f"{number}-{name}", beginning + drawing, "svg", "web_page")
    yield _one("drawing with script", "drawing.svg", SVG, "name_of_a_program", "svg")
    yield _one("drawing with script", "packed.txt", gzip.compress(SVG), "archive")
    yield _one("drawing with script", "utf16.txt", SVG.decode().encode("utf-16"), "not_utf8")
    yield _one("drawing with script", "utf7.txt", b"\x00" + SVG, "not_accepted")


def pages() -> Iterator[Hostile]:
    for name, content in {
        "page.txt": b"<html>" + SCRIPT, "doctype.md": b"<!DOCTYPE html>\n" + SCRIPT, "script.csv": SCRIPT,
        "blank.txt": b"\n\n   " + SCRIPT, "bom.txt": b"\xef\xbb\xbf" + SCRIPT, "comment.txt": b"<!--x-->" + SCRIPT,
        "frame.txt": b'<iframe src="javascript:alert(1)">', "image.txt": b"<img src=x onerror=alert(1)>",
        "anchor.md": b'<a href="javascript:alert(1)">x</a>', "closing.txt": b"</title>" + SCRIPT,
        "xhtml.txt": b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">' + SCRIPT + b"</html>",
        "xslt.txt": b'<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><x/>',
        "upper.txt": b"<HTML><BODY ONLOAD=a()>",
        "mht.txt": b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n" + SCRIPT,
        "formfeed.txt": b"\x0c<html>" + SCRIPT,
    }.items():  # fmt: skip
        yield _one("web page", name, content, "web_page", "svg")
    for suffix in ("html", "htm", "xhtml", "svg", "shtml", "mht", "url", "hta"):
        yield _one("web page by name", f"essay.{suffix}", b"Just words.", "name_of_a_program")


def programs() -> Iterator[Hostile]:
    for name, content, code in (
        ("tool.txt", PROGRAM, "program"), ("tool.pdf", PROGRAM, "program"), ("tool.docx", PROGRAM, "program"),
        ("tool.png", b"\x7fELF\x02\x01\x01" + b"\x00" * 60, "program"),
        ("A.txt", b"\xca\xfe\xba\xbe\x00\x00", "program"),
        ("mac.txt", b"\xcf\xfa\xed\xfe\x07\x00\x00\x01", "program"), ("run.txt", b"#!/bin/sh\nrm -rf ~\n", "program"),
        ("run.md", b"\n#!/usr/bin/env python\n", "program"), ("a.csv", b"<?php echo 1;", "web_page"),
        ("b.txt", b"@echo off\r\ndel *.*", "program"), ("c.txt", b"<% eval request(1) %>", "program"),
        ("d.txt", b"{\\rtf1 {\\object\\objdata 0105}}", "rich_text"), ("e.txt", b"%!PS-Adobe-3.0\n", "not_accepted"),
        ("f.txt", b"L\x00\x00\x00\x01\x14\x02\x00", "not_accepted"), ("g.txt", b"CWS\x0b\x00\x00\x00", "not_accepted"),
    ):  # fmt: skip
        yield _one("program", name, content, code)
    for suffix in (
        "exe",
        "bat",
        "cmd",
        "com",
        "scr",
        "js",
        "vbs",
        "ps1",
        "jar",
        "msi",
        "lnk",
        "php",
        "sh",
        "EXE",
        "Js",
    ):
        yield _one("two suffixes", f"essay.pdf.{suffix}", pdf(), "name_of_a_program")
    for name in ("a.pdf.exe.", "a.pdf.exe ", "a.pdf.exe . .", "a.pdf          .exe"):
        yield _one("hidden suffix", name, pdf(), "name_of_a_program")


def names() -> Iterator[Hostile]:
    for name in (
        "../../etc/passwd", "..\\..\\windows\\system32\\a.pdf", "/etc/cron.d/a.pdf", "C:\\temp\\a.pdf", "a/b.pdf",
        "....//....//a.pdf", "\\\\server\\share\\a.pdf", "folder/", "%2e%2e/a.pdf", "a.pdf/../../b.pdf", "./a.pdf",
        "file:///etc/passwd",
    ):  # fmt: skip
        yield _one("path as name", name, pdf(), "name_is_a_path", "name_missing")
    for name in ("", " ", ".", "..", "...", ". .", "\t"):
        yield _one("no name", name, pdf(), "name_missing")
    for code in (*range(1, 32), 127, 133, 0x202E, 0x202D, 0x202A, 0x202B, 0x2066, 0x2067, 0x2068, 0x2028, 0x2029):
        yield _one("hidden characters", f"essay{chr(code)}fdp.pdf", pdf(), "name_has_hidden_characters")
    for name in ("a.pdf\x00.exe", "\x00a.pdf", "a\x00", "a.exe\x00.pdf", "a.php%00\x00.jpg"):
        yield _one("NUL in the name", name, pdf(), "name_has_hidden_characters")
    yield _one("half a character", "a\ud800.pdf", pdf(), "name_has_hidden_characters")


def wrong_kinds() -> Iterator[Hostile]:
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as made:
        entry = tarfile.TarInfo("../../evil")
        made.addfile(entry)
    for name, content, codes in (
        ("a.zip", ARCHIVE, ("archive",)),
        ("a.docx", ARCHIVE, ("archive",)),
        ("a.pdf", ARCHIVE, ("archive",)),
        ("a.tar", tar.getvalue(), ("not_accepted",)),
        ("a.gz", gzip.compress(b"x"), ("archive",)),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + b"\x00" * 40, ("archive",)),
        ("a.rar", b"Rar!\x1a\x07\x01\x00", ("archive",)),
        ("a.bz2", b"BZh91AY&SY", ("archive",)),
        ("a.xz", b"\xfd7zXZ\x00\x00", ("archive",)),
        ("empty.zip", b"PK\x05\x06" + b"\x00" * 18, ("archive",)),
        ("a.zst", b"(\xb5/\xfd\x00", ("archive",)),
        ("old.doc", OLE, ("old_office",)),
        ("locked.docx", OLE, ("old_office",)),
        ("old.xls", OLE, ("old_office",)),
        ("a.heic", box(b"ftyp", b"heic\x00\x00\x00\x00mif1heic") + box(b"mdat"), ("heic",)),
        ("a.avif", box(b"ftyp", b"avif\x00\x00\x00\x00avif") + box(b"mdat"), ("heic",)),
        ("a.bmp", picture("BMP"), ("not_accepted",)),
        ("a.tif", picture("TIFF"), ("not_accepted",)),
        ("a.ico", picture("ICO"), ("not_accepted",)),
        ("a.jp2", b"\x00\x00\x00\x0cjP  \r\n\x87\n", ("not_accepted",)),
        ("a.psd", b"8BPS\x00\x01\x00\x00\x00", ("not_accepted",)),
        ("a.sqlite", b"SQLite format 3\x00", ("not_accepted",)),
        ("a.wav", b"RIFF\x24\x00\x00\x00WAVEfmt ", ("not_accepted",)),
        ("a.mkv", b"\x1aE\xdf\xa3\x01", ("not_accepted",)),
        ("a.epub", zipped({"mimetype": "application/epub+zip"}), ("archive",)),
        ("a.wasm", b"\x00asm\x01\x00", ("not_accepted",)),
        ("a.jar", zipped({"META-INF/MANIFEST.MF": "x"}), ("name_of_a_program",)),
        ("a.pyc", b"\xa7\r\r\n\x00", ("not_accepted",)),
        ("a.woff", b"wOFF\x00\x01\x00\x00", ("not_accepted",)),
        ("random.pdf", bytes(range(256)), ("not_accepted",)),
        ("latin.txt", "Größe und Übung".encode("latin-1"), ("not_utf8",)),
        ("utf16.csv", "a;b".encode("utf-16"), ("not_utf8",)),
        ("nul.txt", b"hello\x00world", ("not_accepted",)),
        ("escape.txt", b"a\x08b\x07", ("not_accepted",)),
        ("odg.odg", open_document("graphics"), ("not_accepted", "archive")),
        ("data.mp4", box(b"ftyp", b"isom") + box(b"moov") + box(b"mdat"), ("not_accepted", "damaged")),
        ("unknown.mp4", film(b"isom", b"vide", after=box(b"evil", SCRIPT)), ("more_than_one_kind",)),
        ("text.mp4", film(b"isom", b"text"), ("not_accepted",)),
        ("tag.mp3", b"ID3\x04\x00\x00\x00\x00\x00\x00", ("not_accepted", "damaged")),
        ("tag.mp3", b"ID3\x04\x00\x00\xff\xff\xff\xff" + SCRIPT, ("damaged",)),
    ):
        yield _one("wrong kind", name, content, *codes)


def documents() -> Iterator[Hostile]:
    for name in (
        "word/vbaProject.bin",
        "xl/vbaProject.bin",
        "word/vbaData.xml",
        "xl/macrosheets/sheet1.xml",
        "ppt/VBAPROJECT.BIN",
    ):
        for kind in ("docx", "xlsx"):
            yield _one("macros", f"a.{kind}", office(kind, {name: b"<x/>"}), "macros")
    enabled = office_members("docx")
    enabled["[Content_Types].xml"] = str(enabled["[Content_Types].xml"]).replace(
        "vnd.openxmlformats-officedocument.wordprocessingml.document.main", "vnd.ms-word.document.macroEnabled.main"
    )
    yield _one("macros", "a.docx", zipped(enabled), "macros")
    yield _one("macros", "a.odt", open_document("text", {"Basic/Standard/Module1.xml": "<x/>"}), "macros")
    yield _one("macros", "b.odt", open_document("text", {"Scripts/python/evil.py": "x"}), "macros")
    locked = '<file-entry><encryption-data checksum="x"/></file-entry>'
    yield _one("password", "a.odt", open_document("text", manifest=locked), "encrypted")
    yield _one("password", "a.docx", flagged(office("docx")), "encrypted")
    for kind in ("attachedTemplate", "oleObject", "frame", "subDocument"):
        for target in ("https://evil.example/t.dotm", "\\\\evil\\share\\t.dotm", "http://evil.example/t"):
            rels = external(kind, target)
            yield _one("fetches", f"{kind}.docx", office("docx", {"word/_rels/settings.xml.rels": rels}), "reaches_out")
    yield _one("objects", "a.docx", office("docx", {"word/activeX/activeX1.bin": b"x"}), "embedded")
    yield _one("objects", "b.docx", office("docx", {"word/embeddings/oleObject1.bin": OLE}), "embedded")
    yield _one("path inside", "a.docx", office("docx", {"../../evil.xml": "<x/>"}), "damaged")
    yield _one("path inside", "b.docx", office("docx", {"/etc/evil.xml": "<x/>"}), "damaged")
    yield _one("two of one name", "c.docx", office("docx", {"WORD/document.xml": "<x/>"}), "damaged")
    yield _one("comment", "d.docx", office("docx", comment=SCRIPT), "more_than_one_kind")
    yield _one("two kinds", "e.docx", zipped({**office_members("docx"), "mimetype": "x"}), "more_than_one_kind")
    yield _one("method", "f.docx", office("docx", method=zipfile.ZIP_LZMA), "damaged")
    yield _one("not XML", "g.docx", office("docx", {"word/styles.xml": "<x><y></x>"}), "damaged")


def flagged(made: bytes) -> bytes:
    """The same package, saying of each member that it is encrypted."""
    changed = bytearray(made)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := changed.find(mark, start)) >= 0:
            changed[start + place] |= 1
            start += 4
    return bytes(changed)


def scripted_pdfs() -> Iterator[Hostile]:
    for entry, code in (
        (b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>", "scripts"), (b"/AA << /O << /S /JS >> >>", "scripts"),
        (b"/OpenAction << /S /Launch /F (cmd.exe) >>", "scripts"), (b"/Names << /EmbeddedFiles 4 0 R >>", "embedded"),
        (b"/OpenAction << /S /Java#53cript >>", "scripts"), (b"/AA << /S /#4a#53 (x) >>", "scripts"),
        (b"/X << /Subtype /RichMedia >>", "embedded"), (b"/F << /EF << /F 4 0 R >> /Type /EmbeddedFile >>", "embedded"),
    ):  # fmt: skip
        yield _one("scripts in PDF", "a.pdf", pdf(catalog=entry), code)
        yield _one("scripts before a stream", "a.pdf", pdf(stream(b"BT ET"), catalog=entry), code)
        yield _one("scripts in packed objects", "b.pdf", pdf(object_stream(b"4 0 << " + entry + b" >>")), code)
    yield _one("password", "a.pdf", pdf(trailer=b"/Encrypt 4 0 R"), "encrypted")


def broken() -> Iterator[Hostile]:
    whole = {
        "a.png": picture("PNG"), "a.gif": picture("GIF"), "a.webp": picture("WEBP"), "a.jpg": photo(),
        "a.pdf": pdf(), "a.docx": office("docx"), "a.odt": open_document("text"), "a.mp4": film(b"isom", b"vide"),
    }  # fmt: skip
    codes = ("damaged", "more_than_one_kind", "not_accepted", "archive", "program")
    for name, content in whole.items():
        for share in (12, 30, len(content) // 3, len(content) // 2, len(content) - 9):
            yield _one("cut off", name, content[:share], *codes)
    for name in ("a.txt", "a.pdf", "a.png", "a.docx"):
        yield _one("empty", name, b"", "empty")
    for name in ("a.txt", "a.pdf", "a.mp4"):
        yield _one("too large", name, b"a" * (2 * 1024 * 1024 + 1), "too_large")
    jpeg, gif = picture("JPEG"), picture("GIF")
    yield _one("mangled", "a.jpg", jpeg[:2] + b"\x00" + jpeg[2:], *codes)
    yield _one("mangled", "a.gif", gif[:6] + b"/*" + gif[8:] + b"*/alert(1)", *codes)
    yield _one("mangled", "b.gif", b"GIF89a=1;alert(1)//", *codes)
    yield _one("mangled", "no screen.gif", gif[:6] + bytes(4) + gif[10:], "damaged")
    yield _one("mangled", "b.png", png((b"IDAT", b"not zlib")), *codes)
    yield _one("mangled", "c.png", b"\x89PNG\r\n\x1a\n" + SVG, *codes)
    yield _one("mangled", "c.pdf", b"%PDF-1.7\n" + SCRIPT, *codes)
    yield _one("mangled", "d.pdf", b"%PDF-9\n" + pdf()[9:], *codes)


FAMILIES = (
    two_in_one, archives_inside, bombs, drawings, pages, programs, names, wrong_kinds, documents, scripted_pdfs, broken,
)  # fmt: skip
