"""Documents as downloads: never shown inside a page, and never cached on the way."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from credentials.errors import LettersWithoutFontError


def pdf_file(content: bytes, name: str) -> HttpResponse:
    """A PDF to save; the caller has checked the permission."""
    return _file(content, name, "application/pdf")


def json_file(content: bytes, name: str) -> HttpResponse:
    """JSON to save, byte for byte."""
    return _file(content, name, "application/json")


def no_font_words(missing: LettersWithoutFontError) -> str:
    """Why the document cannot be made, and who can help."""
    letters = " ".join(f"U+{ord(letter):04X}" for letter in missing.letters)
    return _(
        "The document cannot be printed: no font on this server has these characters: %(letters)s. Ask the "
        "registrar; an operator can install a font that has them."
    ) % {"letters": letters}


def _file(content: bytes, name: str, media_type: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            # The file is opened under our origin: nothing in it may run, whoever wrote the names in it.
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
