"""What the first page opens with for a learner: what is mastered, what is closest and why, what waits for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import Learner
from assessments.models import Mastery, MasteryState, Submission, SubmissionState
from assessments.queries import mastery_of, work_of
from competencies.models import ProficiencyLevel
from programs.models import Enrollment
from programs.pages.pathway_reading import Figure, Near, closest_in, figures_of, reasons_of
from programs.queries import closest_of, pathway_of

LATELY = 3
WAITING = 4


@dataclass(frozen=True, slots=True)
class Mastered:
    """A competency that holds, with the level reached and since when."""

    title: str
    level: str
    on: date | None


@dataclass(frozen=True, slots=True)
class LearnerHome:
    """`enrollment` is the program that least is missing of; without one there is no `near` and are no `figures`."""

    enrollment: Enrollment | None
    percent: int
    figures: Sequence[Figure]
    near: Near | None
    mastered_count: int
    lately: Sequence[Mastered]
    returned: Sequence[Submission]
    drafts: Sequence[Submission]


def home_of(learner: Learner, *, at: datetime) -> LearnerHome:
    """The opening of a learner's first page; the number of queries does not grow with what they have done."""
    enrollment, percent = _nearest(learner, at)
    pathway = pathway_of(enrollment, at=at) if enrollment else None
    # One competency counts once, by whichever policy it was mastered last.
    held = {row.competency_id: row for row in sorted(mastery_of(learner, at=at), key=_since) if _holds(row)}
    latest = sorted(held.values(), key=_since, reverse=True)[:LATELY]
    work = list(work_of(learner).filter(state__in=[SubmissionState.RETURNED, SubmissionState.DRAFT])[:WAITING])
    return LearnerHome(
        enrollment=enrollment,
        percent=percent,
        figures=figures_of(pathway) if pathway else [],
        near=closest_in(pathway, reasons_of(pathway, at=at)) if pathway else None,
        mastered_count=len(held),
        lately=_told(latest),
        returned=[row for row in work if row.state == SubmissionState.RETURNED],
        drafts=[row for row in work if row.state == SubmissionState.DRAFT],
    )


def _nearest(learner: Learner, at: datetime) -> tuple[Enrollment | None, int]:
    """The open program that least is missing of, else the latest one, and how much of it is behind the learner."""
    rows = {
        row.pk: row
        for row in Enrollment.objects.of(learner)
        .select_related("program", "progress", "learner", "version__program__organization")
        .order_by("ended_on", "-admitted_on", "pk")
    }
    for near in closest_of(learner, at=at):
        row = rows[near.enrollment.pk]
        return row, near.enrollment.progress.percent
    latest = next(iter(rows.values()), None)
    return latest, latest.progress.percent if latest is not None else 0


def _holds(row: Mastery) -> bool:
    return row.state == MasteryState.MASTERED


def _since(row: Mastery) -> tuple[date, str]:
    return row.mastered_on or date.min, row.competency.code


def _told(rows: Sequence[Mastery]) -> list[Mastered]:
    levels = {
        (scale, rank): title
        for scale, rank, title in ProficiencyLevel.objects.filter(
            scale__in={row.policy_version.scale_id for row in rows}
        ).values_list("scale", "rank", "title")
    }
    return [
        Mastered(
            title=row.competency.short_statement or str(row.competency),
            level=levels.get((row.policy_version.scale_id, row.level or 0), ""),
            on=row.mastered_on,
        )
        for row in rows
    ]
