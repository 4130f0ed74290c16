"""What is taken, and how it is told from content alone; names and declared types are never asked."""

from collections.abc import Callable
from dataclasses import dataclass

from core.files.content import Content
from core.files.packages import document_type
from core.files.pdf import check_pdf
from core.files.pictures import FORMATS, check_gif, check_jpeg, check_png, check_webp
from core.files.recordings import check_mp3, film_type
from core.files.refusals import FileRefusedError
from core.files.text import check_text

_office = "application/vnd.openxmlformats-officedocument."
_open = "application/vnd.oasis.opendocument."

# Why these: what schools write (PDF, text, Office, LibreOffice), photograph and record (phones make JPEG, MP4, MOV and
# M4A; screens PNG; messengers WebP and MP3). The first suffix is given to names that have none that fits.
SUFFIXES: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    "image/gif": (".gif",),
    "text/plain": (".txt", ".md", ".csv"),
    f"{_office}wordprocessingml.document": (".docx",),
    f"{_office}spreadsheetml.sheet": (".xlsx",),
    f"{_office}presentationml.presentation": (".pptx",),
    f"{_open}text": (".odt",),
    f"{_open}spreadsheet": (".ods",),
    f"{_open}presentation": (".odp",),
    "audio/mpeg": (".mp3",),
    "audio/mp4": (".m4a",),
    "video/mp4": (".mp4", ".m4v"),
    "video/quicktime": (".mov",),
}
IN_WORDS = "PDF, PNG, JPEG, WebP, GIF, TXT, MD, CSV, DOCX, XLSX, PPTX, ODT, ODS, ODP, MP3, M4A, MP4, MOV"

# By their first bytes, in this order; what is left is text or nothing that is taken.
REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\x00", "archive"),
    (b"(\xb5/\xfd", "archive"),
    (b"PK\x05\x06", "archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_office"),
)


def _always(media_type: str, check: Callable[[Content], None]) -> Callable[[Content], str]:
    def checked(content: Content) -> str:
        check(content)
        return media_type

    return checked


@dataclass(frozen=True)
class Mark:
    """Bytes at a place that say which kind a file wants to be; `kind_of` checks the content and names the kind."""

    marks: bytes
    kind_of: Callable[[Content], str]
    place: int = 0

    def fits(self, head: bytes) -> bool:
        """Whether the content carries this mark."""
        return head[self.place :].startswith(self.marks)


MARKS = (
    Mark(b"%PDF-", _always("application/pdf", check_pdf)),
    Mark(b"\x89PNG\r\n\x1a\n", _always("image/png", check_png)),
    Mark(b"\xff\xd8\xff", _always("image/jpeg", check_jpeg)),
    Mark(b"GIF87a", _always("image/gif", check_gif)),
    Mark(b"GIF89a", _always("image/gif", check_gif)),
    Mark(b"WEBP", _always("image/webp", check_webp), place=8),
    Mark(b"PK\x03\x04", document_type),
    Mark(b"ftyp", film_type, place=4),
    Mark(b"ID3", _always("audio/mpeg", check_mp3)),
    *(Mark(bytes((0xFF, second)), _always("audio/mpeg", check_mp3)) for second in (0xFB, 0xFA, 0xF3, 0xF2, 0xE3, 0xE2)),
)


def told_kind(content: Content) -> str:
    """The media type of `content`, one of SUFFIXES; raises FileRefusedError when it is none, or more than one."""
    head = content.head()
    for marks, code in REFUSED:
        if head.startswith(marks) and not (marks == b"MZ" and _is_text(content)):
            raise FileRefusedError(code)
    if content.ends_as_zip and not head.startswith(b"PK\x03\x04"):
        raise FileRefusedError("more_than_one_kind")
    if b"%PDF-" in head[5:] and not head.startswith(b"%PDF-"):
        raise FileRefusedError("more_than_one_kind")
    try:
        return _kind_of(content, head)
    except FileRefusedError as refused:
        if refused.code == "not_accepted":
            raise FileRefusedError("not_accepted", kinds=IN_WORDS) from refused
        raise


def _kind_of(content: Content, head: bytes) -> str:
    for mark in MARKS:
        if mark.fits(head):
            return mark.kind_of(content)
    check_text(content)
    return "text/plain"


def _is_text(content: Content) -> bool:
    """“MZ” may begin a sentence too; a program has a zero byte soon."""
    return b"\x00" not in content.head()


def is_picture(media_type: str) -> bool:
    """Whether files of this type are drawn anew."""
    return media_type in FORMATS
