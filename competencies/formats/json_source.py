"""Bytes to a JSON tree, within limits, and JSON Pointers back to lines and columns."""

import json
import math
from collections.abc import Iterator
from typing import Any, NoReturn

from competencies.errors import Fault, FaultCode, PackageRefusedError

# Nine times the largest package known to us, and as much as one process can comfortably hold as objects.
MAX_BYTES = 30 * 1024 * 1024
MAX_DEPTH = 40

_DECODER = json.JSONDecoder(strict=False)
_BLANK = " \t\r\n"


def check_size(size: int) -> None:
    """Raises PackageRefusedError for a file of more bytes than are read at all."""
    if size > MAX_BYTES:
        _refuse(FaultCode.TOO_LARGE, size=_megabytes(size), limit=_megabytes(MAX_BYTES))


def tree_of(content: bytes) -> tuple[Any, str]:
    """The JSON value in `content`, and its text. Raises PackageRefusedError when there is none to be had."""
    check_size(len(content))
    if not content.strip():
        _refuse(FaultCode.EMPTY)
    text = _text_of(content)
    tree = _parsed(text)
    if _too_deep(tree):
        _refuse(FaultCode.TOO_DEEP, limit=str(MAX_DEPTH))
    return tree, text


def located(fault: Fault, text: str) -> Fault:
    """The fault with line and column, where its pointer leads somewhere in `text`."""
    place = position_of(text, fault.where)
    if place is None or fault.line is not None:
        return fault
    return Fault(fault.code, fault.where, fault.details, *place)


def position_of(text: str, pointer: str) -> tuple[int, int] | None:
    """Line and column (from 1) of the value that `pointer` names; None when it leads nowhere."""
    at = _skip(text, 0)
    for step in pointer.split("/")[1:]:
        found = _child(text, at, step.replace("~1", "/").replace("~0", "~"))
        if found is None:
            return None
        at = found
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _text_of(content: bytes) -> str:
    try:
        return content.decode(json.detect_encoding(content)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        _refuse(FaultCode.NOT_TEXT, byte=str(error.start))


def _parsed(text: str) -> Any:  # noqa: ANN401 - a JSON tree is of any type
    try:
        return json.loads(
            text, object_pairs_hook=_members, parse_constant=_constant, parse_float=_float, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        fault = Fault(FaultCode.NOT_JSON, "", {"why": error.msg}, error.lineno, error.colno)
        raise PackageRefusedError([fault]) from None
    except RecursionError:
        _refuse(FaultCode.TOO_DEEP, limit=str(MAX_DEPTH))


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        _refuse(FaultCode.REPEATED_MEMBER, member=twice[:80], among=", ".join(sorted(set(names)))[:200])
    return members


def _constant(name: str) -> NoReturn:
    _refuse(FaultCode.UNSTORABLE_NUMBER, number=name)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        _refuse(FaultCode.UNSTORABLE_NUMBER, number=digits[:40])
    return number


def _integer(digits: str) -> int:
    if len(digits) > 30:  # noqa: PLR2004 - no figure of the standard is longer than 11
        _refuse(FaultCode.UNSTORABLE_NUMBER, number=digits[:40])
    return int(digits)


def _too_deep(tree: object) -> bool:
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
    raise PackageRefusedError([Fault(code, "", details)])


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f}".removesuffix(".0")


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at


def _child(text: str, at: int, step: str) -> int | None:
    """Where the member or element `step` of the value at `at` begins."""
    if text[at] == "{":
        return _member(text, at, step)
    return _element(text, at, int(step)) if text[at] == "[" and step.isdecimal() else None


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
    """Past the value at `at` and the comma after it."""
    _value, at = _DECODER.raw_decode(text, at)
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at
