"""The background jobs of assessments: mastery lapses, and parents are decided again after a policy changed."""

from datetime import timedelta

from django.db import transaction

from assessments import jobs
from assessments.mastery.actions.recomputing import (
    due_learners,
    enqueue_learners_with_parents,
    recompute_if_due,
    recompute_parents,
)
from core import clock
from core.jobs import Lane, enqueue, job


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
