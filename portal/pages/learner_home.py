"""What the first page opens with for a learner: what is mastered, what is closest and why, what waits for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import Learner
from assessments.mastery.queries.standings import MasteryToAudit, mastery_named, mastery_to_audit
from assessments.models import MasteryState, Submission, SubmissionState
from assessments.work.queries.work import work_to_go_on_with
from programs.audit.queries.attainments import awards_of
from programs.models import Award, Enrollment
from programs.pathway.pages.figures_view import ShownFigures, figures_of_pathway
from programs.pathway.pages.pathway_view import ClosestPart, explained_closest_in
from programs.pathway.queries.closest import closest_to_completion_among
from programs.pathway.queries.enrollment_facts import EnrollmentFacts, enrollments_of
from programs.pathway.queries.pathways import pathway_with

LATELY = 3


@dataclass(frozen=True, slots=True)
class Mastered:
    """A competency that holds, with the level reached and since when."""

    title: str
    level: str
    on: date | None


@dataclass(frozen=True, slots=True)
class LearnerHome:
    """`enrollment` is the program that least is missing of; without one there is no `near` and are no `figures`.

    An awarded program has no `near`, also where less is on record now. `met`: all is met that it asks for now.
    """

    enrollment: Enrollment | None
    percent: int
    met: bool
    figures: ShownFigures | None
    near: ClosestPart | None
    mastered_count: int
    lately: Sequence[Mastered]
    returned: Sequence[Submission]
    drafts: Sequence[Submission]


def home_of(learner: Learner, *, at: datetime) -> LearnerHome:
    """The opening of a learner's first page; the number of queries does not grow with what they have done."""
    rows = enrollments_of(learner)
    # Read once, for the programs whose stored progress is too old and for the pathway.
    mastery = mastery_to_audit(learner, at=at)
    awards = awards_of(learner) if rows else []
    nearest, percent = _nearest(rows, at, mastery, awards)
    pathway = pathway_with(nearest, at=at, mastery=mastery, awards=awards) if nearest else None
    # One competency counts once, by whichever policy it was mastered last.
    held = {row.competency: row for row in sorted(mastery, key=_since) if row.state == MasteryState.MASTERED}
    work = work_to_go_on_with(learner)
    return LearnerHome(
        enrollment=nearest.enrollment if nearest else None,
        percent=percent,
        met=pathway is not None and pathway.root.met,
        figures=figures_of_pathway(pathway) if pathway else None,
        near=explained_closest_in(pathway, at=at) if pathway and not pathway.award else None,
        mastered_count=len(held),
        lately=_lately(held.values()),
        returned=[row for row in work if row.state == SubmissionState.RETURNED],
        drafts=[row for row in work if row.state == SubmissionState.DRAFT],
    )


def _nearest(
    rows: Sequence[EnrollmentFacts], at: datetime, mastery: Sequence[MasteryToAudit], awards: Sequence[Award]
) -> tuple[EnrollmentFacts | None, int]:
    """The open program that least is missing of, else the latest one, and how much of it is behind the learner."""
    by_id = {row.enrollment.pk: row for row in rows}
    for near in closest_to_completion_among(rows, at=at, mastery=mastery, awards=awards):
        return by_id[near.enrollment.pk], near.enrollment.progress.percent
    latest = next(iter(rows), None)
    return latest, latest.enrollment.progress.percent if latest is not None else 0


def _since(row: MasteryToAudit) -> date:
    return row.mastered_on or date.min


def _lately(held: Collection[MasteryToAudit]) -> list[Mastered]:
    """The latest of what is mastered, of one day by code; one query."""
    if not held:
        return []
    days = sorted(map(_since, held), reverse=True)[:LATELY]
    newest = {row.pk: row for row in held if _since(row) >= days[-1]}
    named = sorted(mastery_named(newest), key=lambda row: (_since(newest[row.pk]), row.code), reverse=True)
    return [
        Mastered(row.title, row.levels.get(newest[row.pk].level or 0, ""), newest[row.pk].mastered_on)
        for row in named[:LATELY]
    ]
