"""The JSON Schema (draft 2020-12) of a transcript, made of the facts' own types, so that it cannot drift from them."""

import re
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from credentials.transcripts.rules import CreditFigures, ProgramFact, TranscriptFacts, TranscriptFormat

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Schema = {"type": "string"}
AMOUNT: Schema = {"type": "string", "pattern": r"^[0-9]+\.[0-9]{2}$"}
DAY: Schema = {"type": "string", "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
# The figures that `transcript_as_json` computes and adds.
FIGURES: Schema = {"type": "array", "items": {"$ref": "#/$defs/CreditFigures"}}
ADDED: dict[type, Schema] = {
    TranscriptFacts: {"format": {"const": TranscriptFormat.TWO.value}, "credits": FIGURES},
    ProgramFact: {"credits": FIGURES},
}


def transcript_schema() -> Schema:
    """The schema of what partners are answered: every member is there, but for those with a default, and no other."""
    defined: dict[str, Schema] = {}
    whole = _of_class(TranscriptFacts, defined)
    defined.setdefault(CreditFigures.__name__, _of_class(CreditFigures, defined))
    return {"$schema": DIALECT, "title": "Transcript", **whole, "$defs": dict(sorted(defined.items()))}


def _of(kind: Any, defined: dict[str, Schema]) -> Schema:  # noqa: ANN401  # types as values
    if get_origin(kind) in {UnionType, Union}:
        inner = next(one for one in get_args(kind) if one is not type(None))
        return {"anyOf": [_of(inner, defined), {"type": "null"}]}
    if get_origin(kind) is tuple:
        return {"type": "array", "items": _of(get_args(kind)[0], defined)}
    if is_dataclass(kind) and isinstance(kind, type):
        if kind.__name__ not in defined:
            defined[kind.__name__] = {}
            defined[kind.__name__] = _of_class(kind, defined)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    plain: dict[Any, Schema] = {Decimal: AMOUNT, datetime: INSTANT, date: DAY, int: {"type": "integer", "minimum": 0}}
    return plain.get(kind, TEXT)


def _of_class(kind: type, defined: dict[str, Schema]) -> Schema:
    assert is_dataclass(kind)  # noqa: S101  # what callers hand in
    hints = get_type_hints(kind)
    optional = {field.name for field in fields(kind) if field.default is not MISSING}
    properties = {field.name: _of(hints[field.name], defined) for field in fields(kind)} | ADDED.get(kind, {})
    return {
        "description": re.sub(r"\s+", " ", kind.__doc__ or "").replace("`", "").strip(),
        "type": "object",
        "properties": properties,
        "required": sorted(set(properties) - optional),
        "additionalProperties": False,
    }
