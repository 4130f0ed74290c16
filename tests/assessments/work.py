"""Rubrics, assessments and handed-in work that tests judge."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accounts.models import Learner, Organization, User
from assessments.models import Assessment, AssessmentKind, Criterion, CriterionLevel, Judgement, Submission
from assessments.rubrics.actions import CriterionEntry, write_rubric
from assessments.work.actions.assessments import AssessmentTerms, open_assessment, write_assessment
from assessments.work.actions.judging import judge_submission
from assessments.work.actions.submissions import save_words, start_submission, submit_work
from competencies.models import Competency
from tests.assessments.places import FEBRUARY, MONDAY


def new_assessment(
    *competencies: Competency, organization: Organization, title: str = "Bake a loaf", opened: bool = True, **terms: Any
) -> Assessment:
    """An assessment of these competencies, open to learners unless told otherwise."""
    criteria = [CriterionEntry(competency, f"How well: {competency}") for competency in competencies]
    rubric = write_rubric(f"Rubric of {title}", criteria=criteria, by=None, at=MONDAY).rubric
    wanted = AssessmentTerms(**{"kind": AssessmentKind.PROJECT, "rubric": rubric, **terms})
    revision = write_assessment(title, organization=organization, terms=wanted, by=None, at=MONDAY)
    if opened:
        open_assessment(revision.assessment, by=None, at=MONDAY)
    return revision.assessment


def hand_in(learner: Learner, assessment: Assessment, *, text: str = "A loaf.", at: datetime = MONDAY) -> Submission:
    """Work, begun and handed in at one instant."""
    submission = start_submission(learner, assessment=assessment, at=at)
    save_words(submission, text=text)
    return submit_work(submission, performed_on=FEBRUARY, at=at)


def entries(submission: Submission, *ranks: int) -> dict[Criterion, CriterionLevel]:
    """One level for each criterion, in their order."""
    criteria = submission.assessment_revision.rubric_revision.criteria.order_by("sequence")
    return {row: row.levels.get(level__rank=rank) for row, rank in zip(criteria, ranks, strict=True)}


def judge(submission: Submission, *ranks: int, by: User, at: datetime = MONDAY, **more: Any) -> Judgement:
    """Judge with these ranks."""
    return judge_submission(submission, by=by, entries=entries(submission, *ranks), at=at, **more)


def states(submissions: Sequence[Submission]) -> list[str]:
    """Their states as stored."""
    return [Submission.objects.get(pk=row.pk).state for row in submissions]
