"""What a transcript says, as plain values, and how its credits add up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from programs.awards.rules import CompetencyCounts, CompetencyFact, ExceptionFact, MilestoneFact, ScaleFact

NOTHING = Decimal("0.00")
STUDY = ("mastery:", "/")
"""How the names of pieces of study begin (`programs.audit.rules.completion.eligible_pieces.piece_of`)."""


class TranscriptKind(StrEnum):
    """Made by the registrar, or by the learner for themselves: the same facts, under another heading."""

    OFFICIAL = "official"
    OWN = "own"


class TranscriptFormat(StrEnum):
    """The formats of stored transcripts. The first one says neither how competencies were met, nor milestones."""

    ONE = "cairn-transcript@1"
    TWO = "cairn-transcript@2"


@dataclass(frozen=True, slots=True)
class CreditLine:
    """Credit for one thing: a piece of study, or a requirement of a program that has credit of its own.

    `counts` names the thing wherever it counts: lines that share it are one. Transcripts made earlier name the
    requirement also where a piece of study counts there, and keep the totals that they printed. Attempted is the
    credit of what was put forward, whether it counts or not; earned what counts toward the program, each piece of study
    once; awarded what awards in force state.
    """

    counts: str
    title: str
    unit: str
    attempted: Decimal
    earned: Decimal
    awarded: Decimal


@dataclass(frozen=True, slots=True)
class CreditFigures:
    """Three figures that are never mixed, in one unit."""

    unit: str
    attempted: Decimal
    earned: Decimal
    awarded: Decimal


@dataclass(frozen=True, slots=True)
class IssuerFact:
    """Who makes the transcript. `did` is the name by which its credentials are verified, empty before the first."""

    organization: str
    name: str
    address: str
    did: str


@dataclass(frozen=True, slots=True)
class HolderFact:
    """Whom it is about, in the name of the day it was made."""

    learner: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class ProgramFact:
    """One program studied, with the competencies that count in it.

    `standing` is a state of programs.rules.enrollment, or `awarded` where the award is all that is known here.
    `asked_count` different competencies are needed to complete it, `shown_count` of them are met; `counts` has these
    by how they were met, null where that was not written down. Where `requirements_met_on` is given, figures and levels
    are those of the award in force, as it was granted, whatever has changed on record since. Competencies that an
    exception met, so that nothing counts there, are listed too. `exceptions` are those without which it would not be as
    far, if the issuer tells them.
    """

    enrollment: str
    program: str
    code: str
    title: str
    version: int
    organization: str
    standing: str
    admitted_on: date | None
    ended_on: date | None
    requirements_met_on: date | None
    shown_count: int
    asked_count: int
    credit_unit: str
    credit_lines: tuple[CreditLine, ...]
    competencies: tuple[CompetencyFact, ...]
    counts: CompetencyCounts | None = None
    milestones: tuple[MilestoneFact, ...] = ()
    exceptions: tuple[ExceptionFact, ...] = ()


@dataclass(frozen=True, slots=True)
class TranscriptAwardFact:
    """One standing award. `credential` and `code` are those of its signed credential, empty before it is signed."""

    award: str
    achievement: str
    achievement_version: int
    achievement_type: str
    title: str
    description: str
    criteria: str
    language: str
    organization: str
    organization_name: str
    program: str
    program_code: str
    program_version: int | None
    kind: str
    cycle: int
    requirements_met_on: date
    awarded_on: date
    valid_until: date | None
    credits: Decimal | None
    credit_unit: str
    competencies: tuple[CompetencyFact, ...]
    stacked: tuple[str, ...]
    credential: str
    code: str


@dataclass(frozen=True, slots=True)
class TranscriptFacts:
    """Everything that one transcript says; the API's answer, the PDF and a CLR are made of nothing else.

    `serial` names it on paper, `supersedes` the serial of the one that it corrects, or empty. `check_place` is where
    the codes of its awards are checked. `format` is that in which they are stored: a transcript keeps it for good.
    """

    transcript: str
    serial: str
    kind: TranscriptKind
    supersedes: str
    made_at: datetime
    made_on: date
    language: str
    issuer: IssuerFact
    holder: HolderFact
    programs: tuple[ProgramFact, ...]
    awards: tuple[TranscriptAwardFact, ...]
    scales: tuple[ScaleFact, ...]
    check_place: str
    format: TranscriptFormat = TranscriptFormat.TWO

    @property
    def totals(self) -> tuple[CreditFigures, ...]:
        """All programs together, by unit: each thing once, wherever it counts; never a sum over awards."""
        return figures_of(line for program in self.programs for line in program.credit_lines)

    @property
    def study_counts_once(self) -> bool:
        """Whether lines name pieces of study; those of earlier transcripts name the requirements where these count."""
        return any(line.counts.startswith(STUDY) for program in self.programs for line in program.credit_lines)


def figures_of(lines: Iterable[CreditLine]) -> tuple[CreditFigures, ...]:
    """What lines come to, by unit: of those that name the same thing the larger figure counts, once."""
    things: dict[tuple[str, str], tuple[Decimal, Decimal, Decimal]] = {}
    for line in lines:
        seen = things.get((line.unit, line.counts), (NOTHING, NOTHING, NOTHING))
        here = (line.attempted, line.earned, line.awarded)
        things[line.unit, line.counts] = (max(seen[0], here[0]), max(seen[1], here[1]), max(seen[2], here[2]))
    units = sorted({unit for unit, _thing in things})
    return tuple(
        CreditFigures(
            unit,
            *(
                sum((amounts[place] for (of, _), amounts in things.items() if of == unit), NOTHING)
                for place in range(3)
            ),
        )
        for unit in units
    )
