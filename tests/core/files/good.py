"""Uploads as learners make them, of every kind that is taken: name, content, and the media type they have."""

from dataclasses import dataclass

from weasyprint import HTML

from tests.core.files.makers import (
    OFFICE,
    external,
    film,
    moving,
    mp3,
    object_stream,
    office,
    open_document,
    pdf,
    photo,
    picture,
    stream,
)

WORD = f"{OFFICE}wordprocessingml.document"
SHEET = f"{OFFICE}spreadsheetml.sheet"
SLIDES = f"{OFFICE}presentationml.presentation"
OPEN = "application/vnd.oasis.opendocument."


@dataclass(frozen=True)
class Good:
    name: str
    content: bytes
    media_type: str


def good_uploads() -> list[Good]:
    """Thirty and some."""
    return [Good(*each) for each in (*_texts(), *_pictures(), *_documents(), *_recordings())]


def _texts() -> list[tuple[str, bytes, str]]:
    return [
        ("diary.txt", b"On Monday I measured blood pressure.\n", "text/plain"),
        ("notes.md", "# Übung\n\n* eins < zwei\n* `<script>`\n".encode(), "text/plain"),
        ("table.csv", b"\xef\xbb\xbfday;value\r\n1;120\r\n", "text/plain"),
        ("تقرير العمل.txt", "تقرير عن يوم في المستشفى".encode(), "text/plain"),
        ("no suffix", b"Words without a suffix", "text/plain"),
        ("mz.txt", b"MZ is how my notes begin", "text/plain"),
        ("one.txt", b"a", "text/plain"),
        ("my.report.final.v2.txt", b"Dots in names are no harm.", "text/plain"),
    ]


def _pictures() -> list[tuple[str, bytes, str]]:
    return [
        ("screen.png", picture("PNG"), "image/png"),
        ("clear.png", picture("PNG", mode="RGBA"), "image/png"),
        ("palette.png", picture("PNG", mode="P"), "image/png"),
        ("photo.jpg", photo(), "image/jpeg"),
        ("grey.jpeg", picture("JPEG", mode="L"), "image/jpeg"),
        ("print.jpg", picture("JPEG", mode="CMYK"), "image/jpeg"),
        ("progressive.jpg", picture("JPEG", progressive=True), "image/jpeg"),
        ("bright.jpg", photo() + photo(), "image/jpeg"),  # phones append a second one for bright screens
        ("small.webp", picture("WEBP"), "image/webp"),
        ("moving.webp", moving("WEBP"), "image/webp"),
        ("flat.gif", picture("GIF"), "image/gif"),
        ("moving.gif", moving("GIF"), "image/gif"),
        ("wrong suffix.png", picture("JPEG"), "image/jpeg"),
    ]


def _documents() -> list[tuple[str, bytes, str]]:
    printed = HTML(string="<h1>Care plan</h1><p>for Mrs. B.</p>").write_pdf()
    template = external("attachedTemplate", "file:///C:/Users/me/Normal.dotm")
    link = external("hyperlink", "https://example.org/source")
    chart = {"ppt/embeddings/Microsoft_Excel_Sheet1.xlsx": office("xlsx"), "ppt/media/image1.png": picture("PNG")}
    return [
        ("plan.pdf", printed, "application/pdf"),
        ("written by hand.pdf", pdf(), "application/pdf"),
        ("packed.pdf", pdf(object_stream(b"4 0 << /Type /Font >>")), "application/pdf"),
        ("speaks of it.pdf", pdf(stream(b"(in a stream: /JavaScript )")), "application/pdf"),
        ("changed.pdf", pdf() + pdf()[9:], "application/pdf"),
        ("report.docx", office("docx"), WORD),
        ("links.docx", office("docx", {"word/_rels/document.xml.rels": link}), WORD),
        ("template.docx", office("docx", {"word/_rels/settings.xml.rels": template}), WORD),
        ("figures.xlsx", office("xlsx"), SHEET),
        ("talk.pptx", office("pptx", chart), SLIDES),
        ("letter.odt", open_document("text", {"Pictures/a.png": picture("PNG")}), f"{OPEN}text"),
        ("sheet.ods", open_document("spreadsheet"), f"{OPEN}spreadsheet"),
        ("talk.odp", open_document("presentation", {"ObjectReplacements/Object 1": b"x"}), f"{OPEN}presentation"),
    ]


def _recordings() -> list[tuple[str, bytes, str]]:
    return [
        ("talk.mp3", mp3(), "audio/mpeg"),
        ("tagged.mp3", mp3(tag=b"TIT2\x00\x00\x00\x05\x00\x00\x03Talk" + b"\x00" * 20), "audio/mpeg"),
        ("old tag.mp3", mp3(after=b"TAG" + b"Talk".ljust(125, b"\x00")), "audio/mpeg"),
        ("memo.m4a", film(b"M4A ", b"soun"), "audio/mp4"),
        ("film.mp4", film(b"isom", b"vide", b"soun"), "video/mp4"),
        ("phone.mov", film(b"qt  ", b"vide", b"soun"), "video/quicktime"),
    ]
