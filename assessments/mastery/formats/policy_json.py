"""Read mastery policies and observations from JSON: numbers that are not whole, and all dates, are text."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial

from assessments.mastery.formats.policy_schema import DATE, DEFINITIONS, EXACT, INSTANT, NUMBER
from assessments.mastery.rules.decision_inputs import EvidenceSubject, ParentSubject, Subject
from assessments.mastery.rules.evidence_selection import value_of
from assessments.mastery.rules.faults import ObservationError, PolicyError
from assessments.mastery.rules.observations import Observation
from assessments.mastery.rules.policies import ChildTerms, ParentPolicy, Policy, RuleStrength
from assessments.mastery.rules.scales import Conversion, ProficiencyLevel, Scale
from assessments.mastery.rules.time_spans import Span, Unit
from core.text.faults import Fault
from core.text.strict_json import FormatError, Sheet, each, flag, text, whole, word, wrong

# Competencies below each other: more than any framework has, and less than the interpreter can follow.
DEEPEST = 50
UNITS = {str(unit): unit for unit in Unit}


@dataclass(frozen=True)
class Trial:
    """The input of `try_policy`: a subject, the day as of which and the instant as known at which it is decided."""

    subject: Subject
    as_of: date
    known_at: datetime


def read_trial(value: object) -> Trial:
    """Return the trial that a JSON value describes. Raises FormatError, PolicyError or ObservationError."""
    definition = DEFINITIONS["children_trial" if _has_children(value) else "evidence_trial"]
    sheet = Sheet(value, "", definition)
    return Trial(_subject(sheet), sheet.required("as_of", read_date), sheet.required("known_at", read_instant))


def read_policy(value: object, path: str = "") -> Policy:
    """Return the policy that a JSON value describes. Raises FormatError, or PolicyError with all faults."""
    sheet = Sheet(value, path, DEFINITIONS["policy"])
    kinds = sheet.optional("accepted_kinds", each(word))
    with _placed(path):
        return Policy(
            method=sheet.required("method", word),
            scale=sheet.required("scale", _scale),
            level=sheet.required("level", whole),
            times=sheet.optional("times", whole),
            minimum_pieces=sheet.given("minimum_pieces", whole, 1),
            distinct_assessors=sheet.given("distinct_assessors", whole, 0),
            accepted_kinds=None if kinds is None else frozenset(kinds),
            recency_days=sheet.optional("recency_days", whole),
            validity=sheet.optional("validity", _span),
            weight=sheet.optional("weight", whole),
            best=sheet.optional("best", whole),
            last=sheet.optional("last", whole),
            conversions=sheet.given("conversions", each(_conversion), ()),
            merges_results=sheet.given("merges_results", flag, default=False),
        )


def read_parent_policy(value: object, path: str = "") -> ParentPolicy:
    """Return the policy for a parent that a JSON value describes. Raises FormatError or PolicyError."""
    sheet = Sheet(value, path, DEFINITIONS["parent_policy"])
    with _placed(path):
        return ParentPolicy(
            method=sheet.required("method", word),
            scale=sheet.required("scale", word),
            points_needed=sheet.optional("points_needed", read_number),
            terms=sheet.given("terms", each(_terms), ()),
            strength=sheet.given("strength", word, RuleStrength.COMPLETE.value),
            own=sheet.optional("own", read_policy),
        )


def read_date(value: object, path: str) -> date:
    """Read a civil date from ISO 8601 text, from 1900 to 2999."""
    try:
        return date.fromisoformat(_matching(DATE, "date_expected", value, path))
    except ValueError as error:
        raise wrong(path, "date_expected", value) from error


def read_instant(value: object, path: str) -> datetime:
    """Read an instant from RFC 3339 text with an offset, from 1900 to 2999; returned in UTC."""
    try:
        return datetime.fromisoformat(_matching(INSTANT, "instant_expected", value, path)).astimezone(UTC)
    except ValueError as error:
        raise wrong(path, "instant_expected", value) from error


def read_number(value: object, path: str) -> Decimal:
    """Read a decimal number from text."""
    return Decimal(_matching(NUMBER, "number_expected", value, path))


def read_exact(value: object, path: str) -> Fraction:
    """Read a decimal number or a fraction from text, without rounding."""
    return Fraction(_matching(EXACT, "exact_expected", value, path))


def _matching(pattern: str, code: str, value: object, path: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise wrong(path, code, value)
    return value


@contextmanager
def _placed(path: str) -> Iterator[None]:
    """Prefix the faults that the rules find with their place in the document; format errors have it already."""
    try:
        yield
    except (PolicyError, ObservationError) as error:
        raise type(error)(*(fault.below(path) for fault in error.faults)) from error


def _has_children(value: object) -> bool:
    return isinstance(value, dict) and ("children" in value or "parent_policy" in value)


def _subject(sheet: Sheet) -> Subject:
    if not _has_children(sheet.members):
        policy = sheet.required("policy", read_policy)
        return EvidenceSubject(policy, sheet.required("observations", each(partial(_observation, policy=policy))))
    children = sheet.required("children", each(_child))
    parent_policy = sheet.required("parent_policy", read_parent_policy)
    # Evidence for the parent itself counts under its own policy alone; without one it is read and decides nothing.
    read = partial(_observation, policy=parent_policy.own)
    with _placed(sheet.path):
        return ParentSubject(parent_policy, children, sheet.given("observations", each(read), ()))


def _child(value: object, path: str) -> tuple[str, Subject]:
    if path.count("children[") > DEEPEST:
        raise FormatError(Fault(path, "too_deep"))
    sheet = Sheet(value, path, DEFINITIONS["from_children" if _has_children(value) else "from_evidence"])
    return sheet.required("competency", word), _subject(sheet)


def _scale(value: object, path: str) -> Scale:
    sheet = Sheet(value, path, DEFINITIONS["scale"])
    return Scale(sheet.required("id", word), sheet.required("levels", each(_level)))


def _conversion(value: object, path: str) -> Conversion:
    sheet = Sheet(value, path, DEFINITIONS["conversion"])
    return Conversion(
        sheet.required("scale", word),
        *(sheet.required(name, read_number) for name in ("source_least", "source_most", "least", "most")),
    )


def _level(value: object, path: str) -> ProficiencyLevel:
    sheet = Sheet(value, path, DEFINITIONS["level"])
    reached_at = sheet.required("reached_at", read_number)
    return ProficiencyLevel(sheet.required("rank", whole), reached_at, sheet.given("name", text, ""))


def _span(value: object, path: str) -> Span:
    sheet = Sheet(value, path, DEFINITIONS["span"])
    unit = sheet.required("unit", word)
    if unit not in UNITS:
        raise FormatError(Fault(f"{path}.unit", "unit_expected", {"given": unit, "choices": ", ".join(UNITS)}))
    return Span(sheet.required("amount", whole), UNITS[unit])


def _terms(value: object, path: str) -> ChildTerms:
    sheet = Sheet(value, path, DEFINITIONS["terms"])
    points = sheet.given("points", read_number, Decimal(1))
    return ChildTerms(sheet.required("competency", word), points, sheet.given("required", flag, default=False))


def _observation(value: object, path: str, *, policy: Policy | None) -> Observation:
    """Read one observation. Without a piece it is a piece of its own; without a scale it is on the policy's scale.

    A level that the policy's scale does not have is refused here, where its place in the document is known.
    """
    sheet = Sheet(value, path, DEFINITIONS["observation"])
    row = sheet.required("id", whole)
    with _placed(path):
        observation = Observation(
            id=row,
            piece=sheet.given("piece", word, str(row)),
            revision=sheet.given("revision", whole, 1),
            performed_on=sheet.required("performed_on", read_date),
            recorded_at=sheet.required("recorded_at", read_instant),
            scale=sheet.given("scale", word, "" if policy is None else policy.scale.id),
            level=sheet.optional("level", whole),
            score=sheet.optional("score", read_exact),
            kind=sheet.given("kind", text, ""),
            assessor=sheet.optional("assessor", word),
            voided_at=sheet.optional("voided_at", read_instant),
            public_id=sheet.given("public_id", text, ""),
            work=sheet.given("work", text, ""),
            weight=sheet.given("weight", read_exact, Fraction(1)),
        )
        if policy is not None and observation.scale == policy.scale.id and observation.level is not None:
            value_of(observation, policy.scale)
    return observation
