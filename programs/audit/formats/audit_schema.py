"""The JSON Schema (draft 2020-12) of the documents that `try_audit` reads."""

from enum import StrEnum
from typing import Any

from programs.audit.rules.context import Method
from programs.audit.rules.qualifiers import MAX_WITHIN_DAYS
from programs.audit.rules.requirements import Kind, MetBy, Operator, Unit
from programs.audit.rules.result import Status
from programs.rules.attainments import AttainmentKind, Basis, ExceptionKind

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
LARGEST_COUNT = 9_999_999_999
"""The largest amount that the database holds, in hundredths; larger ones are typing mistakes."""
MAX_DEPTH = 100
NONEMPTY_TEXT: Schema = {"type": "string", "minLength": 1}
TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": LARGEST_COUNT}
HUNDREDTHS: Schema = {**COUNT, "description": "Hundredths: 500 are 5.00."}
DATE: Schema = {"type": "string", "format": "date", "pattern": "^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$"}
WORDS: Schema = {"type": "array", "items": NONEMPTY_TEXT}
FACT: Schema = {"type": ["string", "integer"], "description": "Text, a whole number, or a date as ISO 8601 text."}
RANKS: Schema = {"type": "object", "additionalProperties": COUNT}


def _members(required: str, /, **properties: Schema) -> Schema:
    """Return the schema of an object with these members only; `required` lists names, separated by spaces."""
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


def _one_of(words: type[StrEnum]) -> Schema:
    return {"enum": [word.value for word in words if word.value]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _list_of(name: str, **limits: int) -> Schema:
    return {"type": "array", "items": _ref(name), **limits}


def _row(*items: Schema) -> Schema:
    return {"type": "array", "prefixItems": list(items), "items": False, "minItems": len(items)}


DEFINITIONS: dict[str, Schema] = {
    "source_cap": _row(_one_of(Basis), HUNDREDTHS),
    "share_cap": _row(NONEMPTY_TEXT, NONEMPTY_TEXT, COUNT, _one_of(Unit)),
    "list_cap": _row({**WORDS, "minItems": 1}, COUNT, _one_of(Unit)),
    "condition": _members(
        "fact op values",
        fact=NONEMPTY_TEXT,
        op=_one_of(Operator),
        values={"type": "array", "items": FACT, "minItems": 1},
    ),
    "requirement": _members(
        "id kind",
        id=NONEMPTY_TEXT,
        kind=_one_of(Kind),
        title=TEXT,
        children=_list_of("requirement"),
        accepts={**WORDS, "description": "Competencies; of programs, milestones and quantities what they are called."},
        policy=TEXT,
        nominal={**HUNDREDTHS, "description": "The credit the node bears, in hundredths."},
        n={**COUNT, "description": "Of a choice: how many parts."},
        min_credits=HUNDREDTHS,
        min_quantity=HUNDREDTHS,
        level=COUNT,
        within_days={**COUNT, "maximum": MAX_WITHIN_DAYS},
        earned_here=HUNDREDTHS,
        max_source=_list_of("source_cap"),
        exclusive={"type": "boolean", "description": "A piece counts below at most one of the children."},
        share_caps={**_list_of("share_cap"), "description": "What two nodes below may have in common."},
        scale={**TEXT, "description": "The scale of the level; without it ranks are compared whatever their scale."},
        min_pieces={**COUNT, "description": "The least number of different pieces that count here."},
        max_listed={**_list_of("list_cap"), "description": "At most so much of these competencies counts here."},
        excludes={**WORDS, "description": "Competencies that do not count here or below."},
        condition={**_ref("condition"), "description": "Of an if: when the first child is required, not the second."},
        met_by={**_one_of(MetBy), "description": "Of a program: what meets it."},
        credit_table={
            "type": "object",
            "additionalProperties": HUNDREDTHS,
            "description": "The credits that a competency without credits of its own brings to credits groups, by "
            "competency or by *.",
        },
        fact={"type": "boolean", "description": "Of a program: it is known to be awarded."},
    ),
    "attainment": _members(
        "id",
        id=NONEMPTY_TEXT,
        kind=_one_of(AttainmentKind),
        comp=NONEMPTY_TEXT,
        ref=NONEMPTY_TEXT,
        policy=TEXT,
        piece=TEXT,
        credits=HUNDREDTHS,
        quantity=HUNDREDTHS,
        level=COUNT,
        achieved_on=DATE,
        valid_until=DATE,
        source=_one_of(Basis),
        organization=TEXT,
        spent=WORDS,
        scale=TEXT,
        conversions={**RANKS, "description": "Ranks that a registrar stated on other scales, by scale."},
        without_level={"type": "boolean", "description": "A registrar accepted it without a level."},
        planned={"type": "boolean"},
    ),
    "exception": _members(
        "id kind node",
        id=NONEMPTY_TEXT,
        kind=_one_of(ExceptionKind),
        node=NONEMPTY_TEXT,
        attainment=NONEMPTY_TEXT,
        comp=NONEMPTY_TEXT,
        starts_on=DATE,
        ends_on=DATE,
        approved={"type": "boolean", "description": "A second registrar approved it."},
        pending={"type": "boolean", "description": "It waits for approval and counts in the projection only."},
    ),
    "previous": _members("uses", uses={"type": "array", "items": _row(NONEMPTY_TEXT, NONEMPTY_TEXT)}, chosen=WORDS),
    "expect": _members("status short", status=_one_of(Status), short=HUNDREDTHS, blocking=WORDS),
    "trial": _members(
        "root attainments",
        label=TEXT,
        root=_ref("requirement"),
        attainments=_list_of("attainment"),
        exceptions=_list_of("exception"),
        share_caps=_list_of("share_cap"),
        previous=_ref("previous"),
        on=DATE,
        awards_required={"type": "boolean"},
        method={**_one_of(Method), "description": "The meaning of the audit; audit@3 where it is not given."},
        facts={"type": "object", "additionalProperties": FACT, "description": "Facts of the enrollment, by name."},
        expect=_ref("expect"),
    ),
    "case": _members("name variants", name=NONEMPTY_TEXT, sentence=TEXT, variants=_list_of("trial", minItems=1)),
    "cases": _members("cases", unit=TEXT, defaults=TEXT, cases=_list_of("case", minItems=1)),
}

EXAMPLE: Schema = {
    "root": {
        "id": "certificate",
        "kind": "all",
        "exclusive": False,
        "credit_table": {"keep-records": 200},
        "min_credits": 1000,
        "max_source": [["transfer", 500]],
        "children": [
            {"id": "interview", "kind": "competency", "accepts": ["interview-clients"], "level": 3, "nominal": 500},
            {"id": "electives", "kind": "credits", "accepts": ["*"], "min_credits": 500},
        ],
    },
    "attainments": [
        {"id": "m1", "comp": "interview-clients", "credits": 500, "level": 3, "achieved_on": "2026-05-04"},
        {"id": "r1", "kind": "recognition", "comp": "statistics", "credits": 300, "source": "transfer"},
        {"id": "p1", "comp": "keep-records", "credits": 200, "level": 2, "planned": True},
    ],
    "exceptions": [],
    "on": "2026-11-22",
}

SCHEMA: Schema = {
    "$schema": DIALECT,
    "title": "A requirement tree and what a learner brings to it",
    "description": "One trial, or a list of cases with the result that each expects. Credits are in hundredths.",
    "oneOf": [_ref("trial"), _ref("cases")],
    "examples": [EXAMPLE],
    "$defs": DEFINITIONS,
}
