"""Strict reading of JSON: each fault has its place, nothing is guessed, and no member is ignored."""

import json
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, NoReturn, TypeVar

from core.text.faults import Fault, FaultyError

T = TypeVar("T")
Read = Callable[[object, str], T]
MAX_INTEGER_DIGITS = 17  # the digits of 2**53 and a sign; Python refuses 4,300 digits with a worse message
MAX_SHOWN = 40


class FormatError(FaultyError):
    """The document does not have the expected form."""


def load(content: bytes) -> object:
    """The JSON value in `content` (UTF-8). Raises FormatError, with line and column where the text is at fault."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        raise _at("not_utf8", before.count(b"\n") + 1, column) from error
    try:
        value: object = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_integer)
        json.dumps(value, ensure_ascii=False).encode()  # escapes may spell half a character, which nothing can print
    except UnicodeEncodeError as error:
        raise FormatError(Fault("", "half_a_character")) from error
    except json.JSONDecodeError as error:
        raise _at("not_json", error.lineno, error.colno, why=error.msg) from error
    except RecursionError as error:
        raise FormatError(Fault("", "too_deep")) from error
    return value


def _at(code: str, line: int, column: int, **values: str) -> FormatError:
    return FormatError(Fault("", code, {"line": str(line), "column": str(column), **values}))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise FormatError(Fault("", "member_twice", {"given": twice}))
    return members


def _no_constant(name: str) -> NoReturn:
    raise FormatError(Fault("", "not_a_number", {"given": name}))


def _integer(digits: str) -> int:
    if len(digits) > MAX_INTEGER_DIGITS:
        raise FormatError(Fault("", "integer_too_long", {"given": f"{digits[:MAX_INTEGER_DIGITS]}…"}))
    return int(digits)


class Sheet:
    """The members of one JSON object, described by its schema; those that the schema does not name are refused."""

    def __init__(self, value: object, path: str, schema: Mapping[str, Any]) -> None:
        if not isinstance(value, dict):
            raise wrong(path, "object_expected", value)
        self.path = path
        self.members: dict[str, object] = value
        names = list(schema["properties"])
        unknown = [_unknown(path, name, names) for name in value if name not in names]
        missing = [Fault(path, "member_missing", {"given": name}) for name in schema["required"] if name not in value]
        if unknown or missing:
            raise FormatError(*unknown, *missing)

    def required(self, name: str, read: Read[T]) -> T:
        """The member `name`, which the schema requires."""
        return read(self.members[name], f"{self.path}.{name}" if self.path else name)

    def optional(self, name: str, read: Read[T]) -> T | None:
        """The member `name`; None when it is absent or null."""
        return None if self.members.get(name) is None else self.required(name, read)

    def given(self, name: str, read: Read[T], default: T) -> T:
        """The member `name`, or `default` when it is absent. null is not absent."""
        return self.required(name, read) if name in self.members else default


def _unknown(path: str, name: str, names: list[str]) -> Fault:
    near = get_close_matches(name, names, n=1)
    if near:
        return Fault(path, "member_misspelt", {"given": name, "near": near[0]})
    return Fault(path, "member_unknown", {"given": name, "choices": ", ".join(names)})


def each(read: Read[T]) -> Read[tuple[T, ...]]:
    """A reader of lists, which reports the faults of all items."""

    def read_all(value: object, path: str) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise wrong(path, "list_expected", value)
        items: list[T] = []
        faults: list[Fault] = []
        for index, item in enumerate(value):
            try:
                items.append(read(item, f"{path}[{index}]"))
            except FaultyError as error:
                faults.extend(error.faults)
        if faults:
            raise FormatError(*faults)
        return tuple(items)

    return read_all


def text(value: object, path: str) -> str:
    """Text, which may be empty."""
    if not isinstance(value, str):
        raise wrong(path, "text_expected", value)
    return value


def word(value: object, path: str) -> str:
    """Text that is not empty."""
    if not text(value, path):
        raise FormatError(Fault(path, "empty"))
    return text(value, path)


def whole(value: object, path: str) -> int:
    """An integer; true and false are refused."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(path, "whole_expected", value)
    return value


def flag(value: object, path: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise wrong(path, "flag_expected", value)
    return value


def wrong(path: str, code: str, value: object) -> FormatError:
    """The fault of a value of the wrong kind, with the beginning of the value."""
    shown = json.dumps(value, ensure_ascii=False)
    return FormatError(Fault(path, code, {"given": shown if len(shown) <= MAX_SHOWN else f"{shown[:39]}…"}))
