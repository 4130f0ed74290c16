"""What somebody typed or scanned: a code, or an address that they wrote in one of the usual ways."""

import re
import unicodedata

_SCHEME = re.compile(r"(?i)^([a-z][a-z0-9+.-]*):/{1,3}")
_HOST = re.compile(r"(?i)^(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+)(:[0-9]{1,5})?[/?]")
# Around an address in a sentence or a mail.
_AROUND = "<>\"'()[]\u00ab\u00bb\u2018\u2019\u201c\u201d\u201e,;"
_PORTS = {"https": "443", "http": "80"}


def address_in(typed: str) -> str | None:
    """The address that was typed, with a scheme; None where it is no address, but a code.

    Without a scheme it is an address only if a path follows the host. Blanks are those of a line that was broken.
    """
    shown = unicodedata.normalize("NFKC", typed)
    plain = "".join(letter for letter in shown if unicodedata.category(letter) not in {"Zs", "Zl", "Zp", "Cc", "Cf"})
    plain = plain.lstrip(_AROUND).rstrip(f"{_AROUND}.")
    scheme = _SCHEME.match(plain)
    if scheme:
        return f"{scheme[1].lower()}://{plain[scheme.end() :]}"
    return f"https://{plain}" if _HOST.match(plain) else None


def same_place(origin: str) -> str:
    """Host and port of an origin, for comparing: without scheme, its port and `www.`, in small letters."""
    scheme, _separator, place = origin.lower().partition("://")
    host, colon, port = place.partition(":")
    if colon and port == _PORTS.get(scheme):
        place = host
    return place.removeprefix("www.")


def same_name(name: str) -> str:
    """A name for comparing: letters and digits alone, of one width and case."""
    shown = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in shown if letter.isalnum())
