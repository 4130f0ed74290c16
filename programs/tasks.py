"""What programs promises to do later: contested audits are settled, answers turn and awards lapse on their day."""

from datetime import timedelta

from django.db import transaction

from config.base import clock
from config.base.jobs import Lane, enqueue, job


@job(name="programs.settle_progress", lane=Lane.NOW)
def settle_progress(enrollment_id: int) -> None:
    """Work out with the solver what bounds left open; the solver's library is loaded here, in workers only."""
    from programs.actions.progress import settle
    from programs.solvers.cp_sat import CpSat

    settle(enrollment_id, at=clock.now(), solver=CpSat())


@job(name="programs.reaudit_due_learner")
def reaudit_due_learner(learner_id: int) -> None:
    """One person's progress that is due."""
    from programs.actions.progress import reaudit_if_due

    reaudit_if_due(learner_id, at=clock.now())


@job(name="programs.sweep_progress", lane=Lane.NOW, every=timedelta(minutes=1))
def sweep_progress() -> None:
    """A job for each person whose progress is due: one that fails holds up nobody else's."""
    from programs.actions.progress import due_learners

    with transaction.atomic():
        for learner_id in due_learners(at=clock.now()):
            enqueue(reaudit_due_learner, learner_id, unique=True)


@job(name="programs.lapse_awards")
def lapse_awards(learner_id: int) -> None:
    """One person's awards whose time is over."""
    from programs.actions.awards import lapse_due

    lapse_due(learner_id, at=clock.now())


@job(name="programs.sweep_awards", lane=Lane.NOW, every=timedelta(minutes=1))
def sweep_awards() -> None:
    """A job for each person with awards that lapse, at the midnight of whoever awarded them."""
    from programs.actions.awards import learners_with_due_awards

    with transaction.atomic():
        for learner_id in learners_with_due_awards(at=clock.now()):
            enqueue(lapse_awards, learner_id, unique=True)
