"""The background jobs of assessments: mastery lapses when its last day is over, without an act of anybody."""

from datetime import timedelta

from django.db import transaction

from assessments.mastery.actions.recomputing import due_learners, recompute_if_due
from core import clock
from core.jobs import Lane, enqueue, job


@job(name="assessments.recompute_due_learner")
def recompute_due_learner(learner_id: int) -> None:
    """Decide the mastery of one person that is due."""
    recompute_if_due(learner_id, at=clock.now())


# In the lane of urgent jobs: the sweep is short, and must not wait behind bulk work.
@job(name="assessments.sweep_mastery", lane=Lane.NOW, every=timedelta(minutes=1))
def sweep_mastery() -> None:
    """Enqueue a job for each person with mastery that is due: when one of them fails, the others still run."""
    with transaction.atomic():
        for learner_id in due_learners(at=clock.now()):
            # Unique: a person who still waits from the last minute is not enqueued a second time.
            enqueue(recompute_due_learner, learner_id, unique=True)
