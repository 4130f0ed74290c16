"""The background jobs of assessments: mastery lapses, parents follow policies, learners hear about their work."""

from datetime import timedelta

from django.db import transaction

from accounts.pages.learner_mails import send_if_any
from assessments import jobs
from assessments.mastery.actions.recomputing import (
    due_learners,
    enqueue_learners_with_parents,
    recompute_if_due,
    recompute_parents,
)
from assessments.work.pages.mails import corrected_mail, judged_mail, returned_mail
from assessments.work.queries.work import judgement_with_work, submission_with_work
from core import clock
from core.jobs import Lane, Mode, enqueue, job


@job(name="assessments.recompute_due_learner")
def recompute_due_learner(learner_id: int) -> None:
    """Decide the mastery of one person that is due."""
    recompute_if_due(learner_id, at=clock.now())


@job(jobs.DECIDE_PARENTS_AGAIN)
def decide_parents_again(competency_id: int, after: int) -> None:
    """Enqueue a job for each of the next learners whose mastery rests on a competency with another policy now."""
    enqueue_learners_with_parents(competency_id, after=after)


@job(jobs.DECIDE_PARENTS_OF_LEARNER)
def decide_parents_of_learner(learner_id: int) -> None:
    """Decide the mastery of one person that rests on children."""
    recompute_parents(learner_id, at=clock.now())


# In the lane of urgent jobs: the sweep is short, and must not wait behind bulk work.
@job(name="assessments.sweep_mastery", lane=Lane.NOW, every=timedelta(minutes=1))
def sweep_mastery() -> None:
    """Enqueue a job for each person with mastery that is due: when one of them fails, the others still run."""
    with transaction.atomic():
        for learner_id in due_learners(at=clock.now()):
            # Unique: a person who still waits from the last minute is not enqueued a second time.
            enqueue(recompute_due_learner, learner_id, unique=True)


@job(jobs.MAIL_JUDGED, mode=Mode.LEASED)
def mail_judged(submission_id: int) -> None:
    """Tell the learner that the work was assessed."""
    send_if_any(judged_mail(submission_with_work(submission_id)))


@job(jobs.MAIL_RETURNED, mode=Mode.LEASED)
def mail_returned(judgement_id: int) -> None:
    """Tell the learner that the work was returned for revision."""
    send_if_any(returned_mail(judgement_with_work(judgement_id)))


@job(jobs.MAIL_CORRECTED, mode=Mode.LEASED)
def mail_corrected(judgement_id: int) -> None:
    """Tell the learner that an assessment decision was corrected."""
    send_if_any(corrected_mail(judgement_with_work(judgement_id)))
