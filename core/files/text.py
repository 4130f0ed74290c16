"""Plain text, Markdown and CSV: UTF-8 without control characters, and nothing that anybody would run."""

import codecs
import re

from core.files.content import Content
from core.files.refusals import FileRefusedError

PORTION = 1024 * 1024
CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
MARKUP = re.compile(r"[\ufeff\s]*<[!?/a-z]", re.IGNORECASE)
MAIL = re.compile(r"^(mime-version|content-type):", re.IGNORECASE | re.MULTILINE)
BEGINNINGS = (
    (re.compile(r"#!|@echo off\b|<\?php|<%", re.IGNORECASE), "program"),
    (re.compile(r"\{\\rtf", re.IGNORECASE), "rich_text"),
    (re.compile(r"%!PS|%PDF-", re.IGNORECASE), "not_accepted"),
    (re.compile(r".{0,1000}%PDF-", re.DOTALL), "more_than_one_kind"),
)
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def check_text(content: Content) -> None:
    """Raises FileRefusedError when `content` is no plain text."""
    if content.head(2) in WIDE:
        raise FileRefusedError("not_utf8")
    decoder = codecs.getincrementaldecoder("utf-8")()
    for place in range(0, content.size, PORTION):
        try:
            text = decoder.decode(content.view[place : place + PORTION], final=place + PORTION >= content.size)
        except UnicodeDecodeError:
            raise FileRefusedError("not_utf8" if _reads_as_text(content) else "not_accepted") from None
        if CONTROLS.search(text):
            raise FileRefusedError("not_accepted")
        if place == 0:
            _check_beginning(text)


def _check_beginning(text: str) -> None:
    if MARKUP.match(text):
        raise FileRefusedError("svg" if "<svg" in text[:PORTION].lower() else "web_page")
    beginning = text.lstrip("\ufeff \t\r\n\f")
    for pattern, code in BEGINNINGS:
        if pattern.match(beginning):
            raise FileRefusedError(code)
    if MAIL.search(beginning[:1000]) and "multipart/" in beginning[:5000].lower():
        raise FileRefusedError("web_page")  # a whole page in one file, as browsers save it


def _reads_as_text(content: Content) -> bool:
    """Mostly letters of one of the older encodings: no control characters where text begins."""
    return not CONTROLS.search(content.head(4096).decode("latin-1"))
