"""Parsing JSON within limits, and resolving JSON Pointers to lines and columns."""

import json
import math
from collections.abc import Iterator
from typing import Any, NoReturn

from competencies.errors import FaultCode, PackageFault, PackageRefusedError

# Nine times the largest package that we know. As objects, this much fits into the memory of one process.
MAX_BYTES = 30 * 1024 * 1024
MAX_DEPTH = 40

_DECODER = json.JSONDecoder(strict=False)
# The white space of JSON (RFC 8259), which is less than that of str.isspace.
_BLANK = " \t\r\n"


def check_size(size: int) -> None:
    """Raise PackageRefusedError for a file that is too large."""
    if size > MAX_BYTES:
        _refuse(FaultCode.TOO_LARGE, size=_megabytes(size), limit=_megabytes(MAX_BYTES))


def tree_of(content: bytes) -> tuple[Any, str]:
    """The JSON value in `content` and its text. Raises PackageRefusedError."""
    check_size(len(content))
    if not content.strip():
        _refuse(FaultCode.EMPTY)
    text = _text_of(content)
    tree = _parsed(text)
    if _too_deep(tree):
        _refuse(FaultCode.TOO_DEEP, limit=str(MAX_DEPTH))
    return tree, text


def located(fault: PackageFault, text: str) -> PackageFault:
    """The fault with line and column, if its pointer resolves in `text`."""
    place = position_of(text, fault.where)
    if place is None or fault.line is not None:
        return fault
    return PackageFault(fault.code, fault.where, fault.details, *place)


def position_of(text: str, pointer: str) -> tuple[int, int] | None:
    """Line and column, counted from 1, of the value at `pointer`; None if the pointer does not resolve.

    The text is scanned again, because Python's parser does not report positions. This happens for faults only.
    """
    at = _skip(text, 0)
    for pointer_step in pointer.split("/")[1:]:
        found = _child(text, at, pointer_step.replace("~1", "/").replace("~0", "~"))
        if found is None:
            return None
        at = found
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _text_of(content: bytes) -> str:
    try:
        # UTF-16 and UTF-32 are detected too; a byte order mark is dropped.
        return content.decode(json.detect_encoding(content)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        _refuse(FaultCode.NOT_TEXT, byte=str(error.start))


def _parsed(text: str) -> Any:  # noqa: ANN401 - a JSON tree is of any type
    try:
        return json.loads(
            text, object_pairs_hook=_members, parse_constant=_constant, parse_float=_float, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        fault = PackageFault(FaultCode.NOT_JSON, "", {"why": error.msg}, error.lineno, error.colno)
        raise PackageRefusedError([fault]) from None
    # Python's parser recurses, so that very deep input ends here before `_too_deep` can measure it.
    except RecursionError:
        _refuse(FaultCode.TOO_DEEP, limit=str(MAX_DEPTH))


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The members of one object. A repeated name is refused, because Python would silently keep the last value."""
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        _refuse(FaultCode.REPEATED_MEMBER, member=twice[:80], among=", ".join(sorted(set(names)))[:200])
    return members


def _constant(name: str) -> NoReturn:
    _refuse(FaultCode.UNSTORABLE_NUMBER, number=name)


def _float(digits: str) -> float:
    # 1e999 is valid JSON, but becomes infinity, which PostgreSQL's JSON does not have.
    number = float(digits)
    if not math.isfinite(number):
        _refuse(FaultCode.UNSTORABLE_NUMBER, number=digits[:40])
    return number


def _integer(digits: str) -> int:
    if len(digits) > 30:  # noqa: PLR2004 - no figure of the standard is longer than 11
        _refuse(FaultCode.UNSTORABLE_NUMBER, number=digits[:40])
    return int(digits)


def _too_deep(tree: object) -> bool:
    # Breadth first and without recursion: the depth comes from the file.
    level = [tree]
    for _depth in range(MAX_DEPTH + 1):
        level = [child for value in level for child in _children(value)]
        if not level:
            return False
    return True


def _children(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _refuse(code: FaultCode, **details: str) -> NoReturn:
    raise PackageRefusedError([PackageFault(code, "", details)])


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f}".removesuffix(".0")


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at


def _child(text: str, at: int, pointer_step: str) -> int | None:
    """The offset of the member or element `step` in the value at offset `at`."""
    if text[at] == "{":
        return _member(text, at, pointer_step)
    return _element(text, at, int(pointer_step)) if text[at] == "[" and pointer_step.isdecimal() else None


def _member(text: str, at: int, name: str) -> int | None:
    at = _skip(text, at + 1)
    while text[at] != "}":
        found, at = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        if found == name:
            return at
        at = _next(text, at)
    return None


def _element(text: str, at: int, index: int) -> int | None:
    at = _skip(text, at + 1)
    while text[at] != "]":
        if index == 0:
            return at
        at = _next(text, at)
        index -= 1
    return None


def _next(text: str, at: int) -> int:
    """The offset after the value at `at` and the comma that follows it."""
    _value, at = _DECODER.raw_decode(text, at)
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at
