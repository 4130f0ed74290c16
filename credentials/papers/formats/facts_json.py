"""Dataclasses of facts as JSON that RFC 8785 can canonicalize, and back; amounts and dates are text."""

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from core.text.canonical import Json


def as_json(value: object) -> Json:
    """The facts by name; raises TypeError for bytes and other types without a plain form."""
    if is_dataclass(value) and not isinstance(value, type):
        return object_as_json(value)
    if isinstance(value, tuple):
        return [as_json(member) for member in value]
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return _moment(value)
    if value is None or isinstance(value, int | str):
        return value
    raise TypeError(type(value))


def object_as_json(value: object, *, without: frozenset[str] = frozenset()) -> dict[str, Json]:
    """The members of one dataclass by name, leaving out those in `without`."""
    assert is_dataclass(value)  # noqa: S101  # what callers hand in
    return {field.name: as_json(getattr(value, field.name)) for field in fields(value) if field.name not in without}


def read_as(kind: Any, value: Any) -> Any:  # noqa: ANN401, PLR0911  # types as values
    """The JSON that `as_json` wrote, as a value of the type `kind`."""
    if get_origin(kind) in {UnionType, Union}:
        return None if value is None else read_as(next(one for one in get_args(kind) if one is not type(None)), value)
    if get_origin(kind) is tuple:
        return tuple(read_as(get_args(kind)[0], member) for member in value)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: read_as(hint, value[name]) for name, hint in hints.items()})  # type: ignore[operator]
    if kind is Decimal:
        return Decimal(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is date:
        return date.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    return value


def _moment(value: date) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat()
