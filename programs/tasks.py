"""What programs promises to do later: contested audits are settled, answers turn and awards lapse on their day."""

from datetime import timedelta

from django.db import transaction

from core import clock
from core.jobs import enqueue, job
from programs import jobs


@job(jobs.SETTLE_PROGRESS)
def settle_progress(enrollment_id: int) -> None:
    """Work out with the solver what bounds left open; the solver's library is loaded here, in workers only."""
    from programs.audit.solvers.cp_sat import CpSat
    from programs.awards.actions.progress import settle

    settle(enrollment_id, at=clock.now(), solver=CpSat())


@job(jobs.REAUDIT_DUE_LEARNER)
def reaudit_due_learner(learner_id: int) -> None:
    """One person's progress that is due."""
    from programs.awards.actions.progress import reaudit_if_due

    reaudit_if_due(learner_id, at=clock.now())


@job(jobs.SWEEP_PROGRESS, every=timedelta(minutes=1))
def sweep_progress() -> None:
    """A job for each person whose progress is due: one that fails holds up nobody else's."""
    from programs.awards.actions.progress import due_learners

    with transaction.atomic():
        for learner_id in due_learners(at=clock.now()):
            enqueue(jobs.REAUDIT_DUE_LEARNER, learner_id, unique=True)


@job(jobs.LAPSE_AWARDS)
def lapse_awards(learner_id: int) -> None:
    """One person's awards whose time is over."""
    from programs.awards.actions.awards import lapse_due

    lapse_due(learner_id, at=clock.now())


@job(jobs.SWEEP_AWARDS, every=timedelta(minutes=1))
def sweep_awards() -> None:
    """A job for each person with awards that lapse, at the midnight of whoever awarded them."""
    from programs.awards.actions.awards import learners_with_due_awards

    with transaction.atomic():
        for learner_id in learners_with_due_awards(at=clock.now()):
            enqueue(jobs.LAPSE_AWARDS, learner_id, unique=True)
