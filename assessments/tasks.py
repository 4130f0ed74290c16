"""What assessments promises to do later: mastery lapses when its day is over, with nobody acting."""

from datetime import timedelta

from django.db import transaction

from assessments.actions.recomputing import due_learners, recompute_if_due
from config.base import clock
from config.base.jobs import Lane, enqueue, job


@job(name="assessments.recompute_due_learner")
def recompute_due_learner(learner_id: int) -> None:
    """One person's mastery that is due."""
    recompute_if_due(learner_id, at=clock.now())


@job(name="assessments.sweep_mastery", lane=Lane.NOW, every=timedelta(minutes=1))
def sweep_mastery() -> None:
    """A job for each person whose mastery is due: one that fails holds up nobody else's."""
    with transaction.atomic():
        for learner_id in due_learners(at=clock.now()):
            enqueue(recompute_due_learner, learner_id, unique=True)
