"""The JSON Schema (draft 2020-12) of what `try_policy` reads; its parts also describe stored policies."""

from typing import Any

from assessments.mastery.rules.methods import METHODS, PARENT_METHODS

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# From 1900 to 2999: other years are typing errors, and date arithmetic needs some room.
DATE = r"^(19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}$"
INSTANT = r"^(19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$"
# Limits on the digits keep the arithmetic cheap, whatever a file contains.
NUMBER = r"^-?[0-9]{1,9}(\.[0-9]{1,9})?$"
EXACT = r"^-?[0-9]{1,18}(\.[0-9]{1,9}|/[1-9][0-9]{0,17})?$"
# The largest whole number that every JSON parser reads exactly (RFC 8259, section 6).
LARGEST_INTEGER = 2**53 - 1


def _members(required: str, /, **properties: Schema) -> Schema:
    """An object with these members and no others; `required` lists names with blanks between."""
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


def _maybe(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def _list_of(name: str, **limits: int) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/$defs/{name}"}, **limits}


def _text(pattern: str, description: str) -> Schema:
    return {"type": "string", "pattern": pattern, "description": description}


_WORD: Schema = {"type": "string", "minLength": 1}
_WHOLE: Schema = {"type": "integer", "minimum": -LARGEST_INTEGER, "maximum": LARGEST_INTEGER}
_COUNT: Schema = {"type": "integer", "minimum": 1, "maximum": LARGEST_INTEGER}
_DATE = _text(DATE, "A civil date, such as 2026-05-04.")
_INSTANT = _text(INSTANT, "An instant with its time zone, such as 2026-05-04T09:30:00Z.")
_NUMBER = _text(NUMBER, "A decimal number as text, such as 2.68.")
_EXACT = _text(EXACT, "A decimal number or a fraction as text, such as 2.675 or 8/3; it stays exact.")

DEFINITIONS: dict[str, Schema] = {
    "level": _members("rank reached_at", rank=_WHOLE, reached_at=_NUMBER, name={"type": "string"}),
    "scale": _members("id levels", id=_WORD, levels=_list_of("level", minItems=1)),
    "conversion": _members(
        "scale source_least source_most least most",
        scale=_WORD,
        source_least=_NUMBER,
        source_most=_NUMBER,
        least=_NUMBER,
        most=_NUMBER,
    ),
    "span": _members("amount unit", amount=_COUNT, unit={"type": "string", "enum": ["days", "months"]}),
    "policy": _members(
        "method scale level",
        method={**_WORD, "description": f"One of: {', '.join(METHODS)}."},
        scale={"$ref": "#/$defs/scale"},
        level=_WHOLE,
        times=_maybe(_COUNT),
        minimum_pieces=_COUNT,
        distinct_assessors={"type": "integer", "minimum": 0, "maximum": LARGEST_INTEGER},
        accepted_kinds={"type": ["array", "null"], "items": _WORD, "minItems": 1},
        recency_days=_maybe(_COUNT),
        validity={"oneOf": [{"type": "null"}, {"$ref": "#/$defs/span"}]},
        weight=_maybe({**_COUNT, "description": "Percent of the newest piece: weighted_average, decaying_average."}),
        best=_maybe({**_COUNT, "description": "How many of the last ones: best_k_of_last_n."}),
        last=_maybe({**_COUNT, "description": "How many newest pieces: best_k_of_last_n."}),
        conversions=_list_of("conversion"),
        merges_results={"type": "boolean"},
    ),
    "observation": _members(
        "id performed_on recorded_at",
        id=_WHOLE,
        piece=_WORD,
        revision=_COUNT,
        performed_on=_DATE,
        recorded_at=_INSTANT,
        scale=_WORD,
        level=_maybe(_WHOLE),
        score=_maybe(_EXACT),
        kind={"type": "string"},
        assessor=_maybe(_WORD),
        voided_at=_maybe(_INSTANT),
        public_id={"type": "string"},
        work={"type": "string", "description": "The piece of work of which this is one of several results."},
        weight=_EXACT,
    ),
    "terms": _members("competency", competency=_WORD, points=_NUMBER, required={"type": "boolean"}),
    "parent_policy": _members(
        "method scale",
        method={**_WORD, "description": f"One of: {', '.join(sorted(PARENT_METHODS))}."},
        scale=_WORD,
        points_needed=_maybe(_NUMBER),
        terms=_list_of("terms"),
        strength={"type": "string", "enum": ["log", "recommend", "complete"]},
        own={"oneOf": [{"type": "null"}, {"$ref": "#/$defs/policy"}]},
    ),
    "from_evidence": _members(
        "competency policy observations",
        competency=_WORD,
        policy={"$ref": "#/$defs/policy"},
        observations=_list_of("observation"),
    ),
    "from_children": _members(
        "competency parent_policy children",
        competency=_WORD,
        parent_policy={"$ref": "#/$defs/parent_policy"},
        children=_list_of("subject"),
        observations=_list_of("observation"),
    ),
    "subject": {"oneOf": [{"$ref": "#/$defs/from_evidence"}, {"$ref": "#/$defs/from_children"}]},
    "evidence_trial": _members(
        "policy observations as_of known_at",
        policy={"$ref": "#/$defs/policy"},
        observations=_list_of("observation"),
        as_of=_DATE,
        known_at=_INSTANT,
    ),
    "children_trial": _members(
        "parent_policy children as_of known_at",
        parent_policy={"$ref": "#/$defs/parent_policy"},
        children=_list_of("subject"),
        observations=_list_of("observation"),
        as_of=_DATE,
        known_at=_INSTANT,
    ),
}
DEFINITIONS["observation"]["oneOf"] = [
    {"required": [given], "properties": {given: {"not": {"type": "null"}}, other: {"type": "null"}}}
    for given, other in (("level", "score"), ("score", "level"))
]

_FOUR_LEVELS = {
    "id": "four-levels",
    "levels": [
        {"rank": 1, "name": "Beginning", "reached_at": "1.00"},
        {"rank": 2, "name": "Developing", "reached_at": "2.00"},
        {"rank": 3, "name": "Proficient", "reached_at": "3.00"},
        {"rank": 4, "name": "Advanced", "reached_at": "4.00"},
    ],
}
_CLOCK = {"as_of": "2026-11-22", "known_at": "2026-11-22T12:00:00Z"}
THREE_TIMES: Schema = {
    "policy": {
        "method": "n_times@2",
        "scale": _FOUR_LEVELS,
        "level": 3,
        "times": 3,
        "distinct_assessors": 2,
        "accepted_kinds": ["project", "observation"],
        "recency_days": 365,
        "validity": {"amount": 24, "unit": "months"},
    },
    "observations": [
        {
            "id": number,
            "performed_on": f"2026-0{month}-04",
            "recorded_at": f"2026-0{month}-06T09:30:00Z",
            "kind": "project",
            "assessor": assessor,
            **outcome,
        }
        for number, month, assessor, outcome in (
            (1, 3, "ana", {"level": 3}),
            (2, 4, "ben", {"score": "10/3"}),
            (3, 5, "ana", {"level": 4}),
        )
    ],
    **_CLOCK,
}
TWO_OF_A_KIND: Schema = {
    "parent_policy": {
        "method": "points@1",
        "scale": "four-levels",
        "points_needed": "2.00",
        "terms": [
            {"competency": "Interview clients", "points": "1.50", "required": True},
            {"competency": "Keep records", "points": "0.50"},
        ],
    },
    "children": [
        {
            "competency": name,
            "policy": {"method": method, "scale": _FOUR_LEVELS, "level": 3},
            "observations": THREE_TIMES["observations"],
        }
        for name, method in (("Interview clients", "highest@2"), ("Keep records", "latest@2"))
    ],
    **_CLOCK,
}

QUIZ_IN_PERCENT: Schema = {
    "policy": {
        "method": "weighted_average@1",
        "scale": _FOUR_LEVELS,
        "level": 3,
        "weight": 65,
        "conversions": [
            {"scale": "percent", "source_least": "0", "source_most": "100", "least": "0", "most": "4"},
        ],
        "merges_results": True,
    },
    "observations": [
        {"id": 1, "performed_on": "2026-03-04", "recorded_at": "2026-03-06T09:30:00Z", "level": 3},
        *(
            {
                "id": number,
                "performed_on": "2026-05-04",
                "recorded_at": "2026-05-06T09:30:00Z",
                "scale": "percent",
                "score": score,
                "work": "quiz",
                "weight": weight,
            }
            for number, score, weight in ((2, "80", "1"), (3, "90", "3"))
        ),
    ],
    **_CLOCK,
}

SCHEMA: Schema = {
    "$schema": DIALECT,
    "title": "A mastery policy and what it is tried on",
    "description": "Give `policy` and `observations`, or `parent_policy` and `children`.",
    "oneOf": [{"$ref": "#/$defs/evidence_trial"}, {"$ref": "#/$defs/children_trial"}],
    "examples": [THREE_TIMES, TWO_OF_A_KIND, QUIZ_IN_PERCENT],
    "$defs": DEFINITIONS,
}
