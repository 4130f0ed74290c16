"""A document that somebody pasted or uploaded: JSON within limits, or a named reason why it is not read."""

import json
import math
from collections.abc import Iterator
from enum import StrEnum
from functools import partial
from typing import Any, NoReturn

MAX_BYTES = 262_144  # what the library that checks proofs reads at most
MAX_DEPTH = 32
MAX_DIGITS = 30
QUOTE, BACKSLASH = b'"\\'


class Unreadable(StrEnum):
    """Why a document is not read."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    NOT_TEXT = "not_text"
    TOO_DEEP = "too_deep"
    TWICE = "twice"
    NUMBER = "number"
    NO_OBJECT = "no_object"


class UnreadableError(Exception):
    """The document is not read; `why` says so."""

    def __init__(self, why: Unreadable) -> None:
        self.why = why
        super().__init__(why.value)


def document_of(content: bytes, *, endless: float | None = None, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """The JSON object in `content`, which is UTF-8 of at most `max_bytes`. Raises UnreadableError.

    What two parsers could read differently is refused: a member that occurs twice, and a number without end unless
    `endless` replaces it.
    """
    found = _parsed(content, endless=endless, max_bytes=max_bytes)
    if not isinstance(found, dict):
        raise UnreadableError(Unreadable.NO_OBJECT)
    return found


def list_of(content: bytes) -> list[Any]:
    """The JSON list in `content`, under the rules of `document_of`. Raises UnreadableError, also for an empty one."""
    found = _parsed(content, endless=None, max_bytes=MAX_BYTES)
    if not isinstance(found, list):
        raise UnreadableError(Unreadable.NO_OBJECT)
    if not found:
        raise UnreadableError(Unreadable.EMPTY)
    return found


def looks_like_list(content: bytes) -> bool:
    """Whether the text begins as a JSON list."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[")


def _parsed(content: bytes, *, endless: float | None, max_bytes: int) -> Any:  # noqa: ANN401 - a JSON tree
    if len(content) > max_bytes:
        raise UnreadableError(Unreadable.TOO_LARGE)
    if not content.strip():
        raise UnreadableError(Unreadable.EMPTY)
    if _too_deep(content):
        raise UnreadableError(Unreadable.TOO_DEEP)
    try:
        found = json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_members,
            parse_constant=_refuse_number,
            parse_float=partial(_float, endless=endless),
            parse_int=partial(_integer, endless=endless),
        )
    except UnicodeDecodeError:
        raise UnreadableError(Unreadable.NOT_TEXT) from None
    except (json.JSONDecodeError, RecursionError):
        raise UnreadableError(Unreadable.NOT_JSON) from None
    if any(_half_a_character(text) for text in _texts(found)):
        raise UnreadableError(Unreadable.NOT_TEXT)
    return found


def _too_deep(content: bytes) -> bool:
    """Refuse deep nesting before parsing, because a parser recurses; brackets inside strings do not count."""
    depth, quoted, escaped = 0, False, False
    for byte in content:
        if quoted:
            quoted = escaped or byte != QUOTE
            escaped = byte == BACKSLASH and not escaped
        elif byte == QUOTE:
            quoted = True
        elif byte in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif byte in b"]}":
            depth -= 1
    return False


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise UnreadableError(Unreadable.TWICE)
    return members


def _refuse_number(_name: str) -> NoReturn:
    raise UnreadableError(Unreadable.NUMBER)


def _float(digits: str, *, endless: float | None) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _endless(endless)


def _integer(digits: str, *, endless: float | None) -> float:
    return int(digits) if len(digits) <= MAX_DIGITS else _endless(endless)


def _endless(stand_in: float | None) -> float:
    if stand_in is None:
        raise UnreadableError(Unreadable.NUMBER)
    return stand_in


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - a JSON tree
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


def _half_a_character(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)
