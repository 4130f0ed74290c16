"""The canonical bytes of JSON values, which are signed, stored and compared (RFC 8785), and their SHA-256.

Numbers that are not integers are refused. Credits, scores and dates are strings, so that two languages cannot disagree
on their digits.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import rfc8785

PREFIX = "c1"
MAX_INTEGER = 2**53 - 1

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"


class NotCanonicalError(ValueError):
    """A value that has no canonical form; `where` is its JSON Pointer."""

    def __init__(self, where: str, why: str) -> None:
        self.where = where
        self.why = why
        super().__init__(f"{where or '/'}: {why}")

    def below(self, member: str | int) -> "NotCanonicalError":
        """The same error with `member` before its pointer."""
        return NotCanonicalError(f"/{member}{self.where}", self.why)


def canonical(value: object) -> bytes:
    """The RFC 8785 bytes of `value`, made of mappings, sequences, str, int, bool and None.

    Raises NotCanonicalError for floats, other types, keys that are not text, integers beyond 2**53 - 1 and
    lone surrogates.
    """
    plain = _plain(value)
    spelled = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    # json gives the same bytes ten times faster. Beyond ASCII it sorts names by code points and RFC 8785 by UTF-16.
    return spelled.encode() if spelled.isascii() else rfc8785.dumps(plain)


def digest(value: object) -> str:
    """`c1:` and the lower-case hex SHA-256 of `canonical(value)`."""
    return digest_of_bytes(canonical(value))


def digest_of_bytes(content: bytes) -> str:
    """`c1:` and the lower-case hex SHA-256 of bytes that are stored as they are."""
    return f"{PREFIX}:{hashlib.sha256(content).hexdigest()}"


def _plain(value: object) -> Json:
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return _array(value)
    raise NotCanonicalError("", f"a {type(value).__name__} has no canonical form; write it as text")


def _object(value: Mapping[object, object]) -> dict[str, Json]:
    plain = {}
    for key, member in value.items():
        if not isinstance(key, str):
            raise NotCanonicalError("", f"a member's name must be text, not {type(key).__name__}")
        name = _text(key)
        try:
            plain[name] = _plain(member)
        except NotCanonicalError as error:
            raise error.below(name) from None
    return plain


def _array(value: Sequence[object]) -> list[Json]:
    plain = []
    for index, member in enumerate(value):
        try:
            plain.append(_plain(member))
        except NotCanonicalError as error:
            raise error.below(index) from None
    return plain


def _integer(value: int) -> int:
    if abs(value) > MAX_INTEGER:
        raise NotCanonicalError("", "an integer beyond 2**53 - 1; write it as text")
    return int(value)


def _text(value: str) -> str:
    if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise NotCanonicalError("", "half of a surrogate pair is no character")
    return str(value)
