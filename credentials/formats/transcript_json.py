"""Transcripts as JSON: the stored facts, and what partners are answered. Amounts and days are text."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from config.base.canonical import Json
from credentials.rules.transcripts import TranscriptFacts, figures_of

FORMAT = "cairn-transcript@1"


def transcript_as_json(facts: TranscriptFacts) -> dict[str, Json]:
    """The facts by name, with the figures that follow from them; `read_transcript` reads them back."""
    told = _told(facts)
    assert isinstance(told, dict)  # noqa: S101  # what a dataclass becomes
    programs = told["programs"]
    assert isinstance(programs, list)  # noqa: S101  # what a tuple becomes
    for program, entry in zip(facts.programs, programs, strict=True):
        assert isinstance(entry, dict)  # noqa: S101  # what a dataclass becomes
        entry["credits"] = [_told(figures) for figures in figures_of(program.credit_lines)]
    return {"format": FORMAT, **told, "credits": [_told(figures) for figures in facts.totals]}


def read_transcript(told: Mapping[str, Any]) -> TranscriptFacts:
    """The facts that were stored; figures are worked out again, never read. Raises ValueError for another format."""
    if told.get("format") != FORMAT:
        raise ValueError(told.get("format"))
    read = _read(TranscriptFacts, told)
    assert isinstance(read, TranscriptFacts)  # noqa: S101  # what was asked for
    return read


def _told(value: object) -> Json:  # noqa: PLR0911  # one return per kind of value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _told(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_told(member) for member in value]
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or isinstance(value, int | str):
        return value
    raise TypeError(type(value))


def _read(kind: Any, told: Any) -> Any:  # noqa: ANN401, PLR0911  # types as values
    if get_origin(kind) in {UnionType, Union}:
        return None if told is None else _read(next(one for one in get_args(kind) if one is not type(None)), told)
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], member) for member in told)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: _read(hint, told[name]) for name, hint in hints.items()})  # type: ignore[operator]
    if kind is Decimal:
        return Decimal(told)
    if kind is datetime:
        return datetime.fromisoformat(told)
    if kind is date:
        return date.fromisoformat(told)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(told)
    return told
