"""Frameworks, scales and findings that tests of the ledger stand on."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from accounts.models import Learner, User
from assessments.evidence.actions import EvidenceItem, RecordedEvidence, SourceReference, record_evidence
from assessments.models import AssessmentKind, SourceKind
from competencies.actions import create_scale
from competencies.models import (
    Association,
    Competency,
    CompetencyRevision,
    Framework,
    Kind,
    ProficiencyLevel,
    ProficiencyScale,
)
from tests.recipes import LONG_AGO

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
FRIDAY = MONDAY + timedelta(days=4)
FEBRUARY = date(2026, 2, 10)
LEVELS = ("Beginning", "Developing", "Proficient", "Advanced")
_numbers = count(1)


def new_scale(title: str = "Craft", levels: Sequence[str] = LEVELS) -> ProficiencyScale:
    """A scale of four levels; Proficient (3) is what is usually asked for."""
    return create_scale(title, description="", levels=[(level, "") for level in levels], at=LONG_AGO)


def new_framework(title: str = "Baking") -> Framework:
    return Framework.objects.create(source_identifier=title, title=title, case_version="1.1", imported_at=LONG_AGO)


def new_competency(framework: Framework, code: str, scale: ProficiencyScale | None) -> Competency:
    """A competency in its first revision."""
    competency = Competency.objects.create(
        framework=framework, source_identifier=code, code=code, position=next(_numbers)
    )
    CompetencyRevision.objects.create(
        competency=competency, number=1, statement=f"Can {code}.", scale=scale, made_at=LONG_AGO
    )
    return competency


def put_below(parent: Competency, *children: Competency) -> None:
    """Draw isChildOf edges."""
    for child in children:
        Association.objects.create(
            framework=parent.framework,
            source_identifier=f"{child.pk} in {parent.pk}",
            kind=Kind.CHILD_OF,
            origin=child,
            destination=parent,
            origin_link={},
            destination_link={},
            position=next(_numbers),
        )


def level_of(competency: Competency, rank: int) -> ProficiencyLevel:
    scale = competency.revisions.get(superseded_at=None).scale
    return scale.levels.get(rank=rank)  # type: ignore[union-attr]  # these competencies have one


def finding(competency: Competency, rank: int, **fields: Any) -> EvidenceItem:
    """One finding at a level, from a source of its own unless told otherwise."""
    return EvidenceItem(
        **{
            "competency": competency,
            "level": level_of(competency, rank),
            "performed_on": FEBRUARY,
            "kind": AssessmentKind.OBSERVATION,
            "source": SourceReference(SourceKind.RECORD, f"entry {next(_numbers)}"),
            **fields,
        }
    )


def show(
    learner: Learner, competency: Competency, rank: int, *, by: User, at: datetime = MONDAY, **fields: Any
) -> RecordedEvidence:
    """Record one finding."""
    return record_evidence(learner, items=[finding(competency, rank, **fields)], by=by, at=at)


def policy_json(scale: ProficiencyScale, level: int = 3, **members: Any) -> dict[str, Any]:
    """A policy's JSON on `scale`, its levels reached at their ranks."""
    rungs = scale.levels.order_by("rank")
    return {
        "method": "highest@2",
        "scale": {
            "id": str(scale.public_id),
            "levels": [{"rank": row.rank, "reached_at": f"{row.rank}.00", "name": row.title} for row in rungs],
        },
        "level": level,
        **members,
    }
