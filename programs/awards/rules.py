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
    programs.rules.attainments.Basis, empty where nothing counted; `organization` the name of who found it. `way` is how
    it was met: mastered, recognised, substituted, waived, forced (completed by exception), or empty where that was not
    written down. `reached_scale` is the scale of the reached level where it is another than `scale`, else empty.
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
    way: str = "mastered"
    reached_scale: str = ""


@dataclass(frozen=True, slots=True)
class CompetencyCounts:
    """How many different competencies were asked for, how many are met, and these by how they were met.

    `forced` are completed by an exception.
    """

    asked: int
    met: int
    mastered: int
    recognised: int
    substituted: int
    waived: int
    forced: int


@dataclass(frozen=True, slots=True)
class MilestoneFact:
    """A milestone, or a quantity with its unit: how much was asked for and reached, both 0 where it is not counted.

    `on` is the last day on which it was reached or added to. `way` is as of a competency, empty while it is not met.
    """

    requirement: str
    title: str
    unit: str
    asked: Decimal
    reached: Decimal
    on: date | None
    way: str


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
    `credits` are what the award brings, None where credit plays no part. `waived` are competencies that were asked for
    and met by an exception, without anything that counts.
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
    waived: tuple[CompetencyFact, ...] = ()


@dataclass(frozen=True, slots=True)
class RequirementFact:
    """One part of a program version in which something can be reached, as the published version says it.

    `key` is the key of the node, with those of the programs around it before it (`r3/r2`). `competency` is the public
    id of the one competency that the part asks for. It is empty where several can be reached there: in the program as
    a whole, in a stacked program, by free credits. `code` to `required_rank` are then empty too, and `title` names it.
    """

    key: str
    title: str
    competency: str = ""
    code: str = ""
    uri: str = ""
    framework: str = ""
    scale: str = ""
    required_rank: int = 0


@dataclass(frozen=True, slots=True)
class AchievementFacts:
    """One published achievement version, whoever earns it. `credits` are those that every award brings, if it says so.

    The first of `requirements` is the program as a whole; there are none for an achievement without a program.
    """

    achievement: str
    number: int
    achievement_type: str
    title: str
    description: str
    criteria: str
    language: str
    program_code: str
    credits: Decimal | None
    requirements: tuple[RequirementFact, ...]
    scales: tuple[ScaleFact, ...]
