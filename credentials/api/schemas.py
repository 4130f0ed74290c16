"""The JSON schema of a transcript, made from the facts' own types, so that it cannot drift from what is stored."""

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from credentials.transcripts.rules import CreditFigures, TranscriptFacts

Schema = dict[str, Any]

AMOUNT: Schema = {"type": "string", "pattern": r"^-?\d+\.\d{2}$", "description": "A decimal, as text."}
_SCALARS: dict[type, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    Decimal: AMOUNT,
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
}


@cache
def transcript_schema() -> Schema:
    """What `GET /api/v1/transcripts/{id}` answers as JSON: facts by name, with the figures that follow from them."""
    whole = schema_of(TranscriptFacts)
    figures = {"type": "array", "items": schema_of(CreditFigures)}
    program = whole["properties"]["programs"]["items"]
    program["properties"]["credits"] = figures
    program["required"].append("credits")
    whole["properties"] |= {"credits": figures}
    whole["required"] += ["credits"]
    return whole


def schema_of(kind: Any) -> Schema:  # noqa: ANN401 - types as values
    """The schema of a value of this type, as formats/transcript_json.py writes it."""
    if get_origin(kind) in {UnionType, Union}:
        inner = next(one for one in get_args(kind) if one is not type(None))
        return {**schema_of(inner), "nullable": True}
    if get_origin(kind) is tuple:
        return {"type": "array", "items": schema_of(get_args(kind)[0])}
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        names = [field.name for field in fields(kind)]
        return {
            "type": "object",
            "properties": {name: schema_of(hints[name]) for name in names},
            "required": names,
        }
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"type": "string", "enum": [member.value for member in kind]}
    return dict(_SCALARS[kind])
