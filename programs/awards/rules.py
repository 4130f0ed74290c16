"""An award as plain values: the facts in credentials, certificates and transcripts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

# The docstrings of these classes are descriptions in docs/schemas/transcript.json, which partners read.


@dataclass(frozen=True, slots=True)
class LevelFact:
    """One rung of a scale; 1 is the lowest."""

    rank: int
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class ScaleFact:
    """A proficiency scale as it was when it was used, lowest level first. `id` is its public id."""

    id: str
    title: str
    levels: tuple[LevelFact, ...]


@dataclass(frozen=True, slots=True)
class CompetencyFact:
    """A competency that counted, as the published program said it.

    `requirement` is the key of the leaf, with those of the programs around it before it (`r3/r2`). `uri` is absolute:
    the source's own where it has one, else the place under which we publish it. `scale` is a ScaleFact's id, or empty.
    Ranks of 0 ask for no level of their own; levels are named, empty where there is none. `basis` is a word of
    programs.rules.attainments.Basis; `organization` the name of who found it.
    """

    requirement: str
    uri: str
    id: str
    code: str
    statement: str
    framework: str
    framework_uri: str
    scale: str
    required_rank: int
    required_level: str
    reached_rank: int | None
    reached_level: str
    basis: str
    achieved_on: date | None
    organization: str
    credits: Decimal | None


TOLD_OUTSIDE = frozenset(
    {"equivalent_study", "experience", "curriculum_change", "not_offered", "agreement", "office_error"}
)
"""The reasons of exceptions (codes of `programs.models.ExceptionReason`) that leave the office."""
ANOTHER_REASON = "other"


def reason_outside(reason: str) -> str:
    """Return the code of a reason outside the office.

    Health and personal circumstances never leave it. They read as other reasons do, so that nobody can tell them apart.
    """
    return reason if reason in TOLD_OUTSIDE else ANOTHER_REASON


@dataclass(frozen=True, slots=True)
class ExceptionFact:
    """An exception that counted: which requirement, by which act, and why as a code.

    `kind` is a word of programs.rules.attainments.ExceptionKind. `exception` is the public id of the act; `approved` is
    true where a second registrar approved it. `reason` is a code, `other` for all reasons that never leave the office.
    """

    exception: str
    kind: str
    requirement: str
    title: str
    reason: str
    decided_on: date
    approved: bool


@dataclass(frozen=True, slots=True)
class StackedFact:
    """A lower award that this one is built on."""

    award: str
    title: str
    awarded_on: date


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """One granted award. Ids are public ids; dates are civil ones of the awarding organization, `zone` its time zone.

    `name` is the name as awarded, empty once its retention has ended. `valid_until` is the first day without it.
    `credits` are what the award brings, None where credit plays no part.
    """

    award: str
    learner: str
    learner_number: str
    name: str
    achievement: str
    achievement_version: int
    achievement_type: str
    title: str
    description: str
    criteria: str
    language: str
    organization: str
    organization_name: str
    organization_address: str
    zone: str
    program: str
    program_code: str
    program_title: str
    program_version: int | None
    credits: Decimal | None
    credit_unit: str
    requirements_met_on: date
    awarded_on: date
    valid_until: date | None
    kind: str
    cycle: int
    competencies: tuple[CompetencyFact, ...]
    scales: tuple[ScaleFact, ...]
    stacked: tuple[StackedFact, ...]
