"""What callers hand over to be recorded, and what they get back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from accounts.models import User
from assessments.mastery.announcements import MasteryChange
from assessments.models import AssessmentKind, Basis, Evidence, Judgement, Setting, SourceKind
from competencies.models import Competency, CompetencyRevision, ProficiencyLevel

OURS = "cairn"


@dataclass(frozen=True, slots=True)
class SourceReference:
    """The id of a piece of evidence in its source system. A source is recorded once, however often it is sent."""

    kind: SourceKind
    id: str
    system: str = OURS


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem:
    """One finding to be recorded. Exactly one of `level` and `score` (on the revision's scale) is set.

    `revision` is the revision of the competency that was shown; None is the current one. `assessor` is who found it;
    None is the user who records, and nobody when the basis is external. `corrects` is the row that this one replaces.
    """

    competency: Competency
    performed_on: date
    kind: AssessmentKind
    source: SourceReference
    level: ProficiencyLevel | None = None
    score: Decimal | None = None
    basis: Basis = Basis.ASSESSED
    setting: Setting = Setting.UNSTATED
    revision: CompetencyRevision | None = None
    assessor: User | None = None
    artifact_digests: Sequence[str] = ()
    judgement: Judgement | None = None
    corrects: Evidence | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class RecordedEvidence:
    """The rows of the items in their order, those of them that are new, and the changes of mastery."""

    evidence: tuple[Evidence, ...]
    created: tuple[Evidence, ...]
    changes: tuple[MasteryChange, ...] = field(default=())
