"""An award as plain values: the facts in credentials, certificates and transcripts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class LevelFact:
    """One level of a scale; rank 1 is the lowest."""

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
    """A competency that counted, as the published program has it.

    `requirement` is the key of the leaf after the keys of the programs around it (`r3/r2`). `uri` is absolute: the
    source's own where it has one, else the address where we publish it. `scale` is the id of a ScaleFact, or empty. A
    required rank of 0 is no required level; the names of levels are empty where there is none. `basis` is a value of
    programs.rules.attainments.Basis; `organization` is the name of the organization that assessed it.
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


@dataclass(frozen=True, slots=True)
class StackedFact:
    """A lower award that this award depends on."""

    award: str
    title: str
    awarded_on: date


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """One granted award. Ids are public ids; dates are civil ones of the awarding organization, `zone` its time zone.

    `name` is the name as awarded, empty once its retention has ended. `valid_until` is the first day without the award.
    `credits` are the credits of the award, None where the program has none.
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
