"""Background jobs of programs: audits that wait, awards that lapse, moves to the newest method of audit, mails."""

from datetime import timedelta

from django.db import transaction

from accounts.pages.learner_mails import send_if_any
from accounts.queries.time_zones import learner_civil_date
from core import clock
from core.jobs import Mode, enqueue, job
from programs import jobs
from programs.models import Award, Enrollment


@job(jobs.SETTLE_PROGRESS)
def settle_progress(enrollment_id: int) -> None:
    """Audit a contested enrollment with the solver; its library is loaded here, in workers only."""
    from programs.audit.solvers.cp_sat import CpSat
    from programs.awards.actions.progress import settle

    settle(enrollment_id, at=clock.now(), solver=CpSat())


@job(jobs.REAUDIT_DUE_LEARNER)
def reaudit_due_learner(learner_id: int) -> None:
    """Audit the due enrollments of one learner."""
    from programs.awards.actions.progress import reaudit_if_due

    reaudit_if_due(learner_id, at=clock.now())


@job(jobs.SWEEP_PROGRESS, every=timedelta(minutes=1))
def sweep_progress() -> None:
    """Enqueue a job for each learner with due progress, so that one failure does not stop the others."""
    from programs.awards.actions.progress import due_learners

    with transaction.atomic():
        for learner_id in due_learners(at=clock.now()):
            enqueue(jobs.REAUDIT_DUE_LEARNER, learner_id, unique=True)


@job(jobs.LAPSE_AWARDS)
def lapse_awards(learner_id: int) -> None:
    """Let the due awards of one learner lapse."""
    from programs.awards.actions.awards import lapse_due

    lapse_due(learner_id, at=clock.now())


@job(jobs.SWEEP_AWARDS, every=timedelta(minutes=1))
def sweep_awards() -> None:
    """Enqueue a job for each learner with due awards; they lapse at midnight of the awarding organization."""
    from programs.awards.actions.awards import learners_with_due_awards

    with transaction.atomic():
        for learner_id in learners_with_due_awards(at=clock.now()):
            enqueue(jobs.LAPSE_AWARDS, learner_id, unique=True)


@job(jobs.SWEEP_COMPLETIONS, every=timedelta(minutes=10))
def sweep_completions() -> None:
    """Enqueue a job for each learner with an award in force and an open enrollment for it, in batches."""
    from programs.enrollment.actions.completing import enqueue_completions

    enqueue_completions(0)


@job(jobs.COMPLETE_LEARNERS)
def complete_learners(after: int) -> None:
    """Enqueue a job for each learner of the next batch with an award in force and an open enrollment for it."""
    from programs.enrollment.actions.completing import enqueue_completions

    enqueue_completions(after)


@job(jobs.COMPLETE_LEARNER)
def complete_learner(learner_id: int) -> None:
    """Complete the enrollments of one learner of which the award is in force."""
    from programs.enrollment.actions.completing import complete_awarded

    complete_awarded(learner_id, at=clock.now())


@job(jobs.SWEEP_EXCEPTIONS, every=timedelta(hours=1))
def sweep_exceptions() -> None:
    """Enqueue a job for each learner with an exception that has ended by date."""
    from programs.decisions.actions.withdrawing import learners_with_ended_exceptions

    with transaction.atomic():
        for learner_id in learners_with_ended_exceptions(at=clock.now()):
            enqueue(jobs.REVIEW_EXCEPTIONS, learner_id, unique=True)


@job(jobs.REVIEW_EXCEPTIONS)
def review_exceptions(learner_id: int) -> None:
    """List the awards of one learner for review that rest on an exception that has ended."""
    from programs.decisions.actions.withdrawing import raise_for_ended_exceptions

    raise_for_ended_exceptions(learner_id, at=clock.now())


@job(jobs.MOVE_AUDITS)
def move_audits(after: int) -> None:
    """Enqueue a job for each learner of the next batch with enrollments of an older method of audit."""
    from programs.awards.actions.moving import enqueue_moves

    enqueue_moves(after)


@job(jobs.MOVE_LEARNER)
def move_learner(learner_id: int) -> None:
    """Move the open enrollments of one learner to the newest method of audit."""
    from programs.audit.solvers.cp_sat import CpSat
    from programs.awards.actions import moving

    moving.move_learner(learner_id, at=clock.now(), solver=CpSat())


@job(jobs.MAIL_ENROLLED, mode=Mode.LEASED)
def mail_enrolled(enrollment_id: int) -> None:
    """Tell a learner of an enrollment, unless it has ended meanwhile."""
    from programs.pathway.pages.mails import enrolled_mail

    rows = Enrollment.objects.select_related("learner", "version__program").filter(pk=enrollment_id, ended_on=None)
    for enrollment in rows:
        send_if_any(enrolled_mail(enrollment))


@job(jobs.MAIL_RESCINDED, mode=Mode.LEASED)
def mail_rescinded(award_id: int) -> None:
    """Tell a learner that an award was rescinded."""
    from programs.pathway.pages.mails import rescinded_mail

    send_if_any(rescinded_mail(_award(award_id)))


@job(jobs.SWEEP_LAPSING, every=timedelta(hours=6))
def sweep_lapsing() -> None:
    """Enqueue a mail for each award that ends in a month, once."""
    from programs.awards.queries.lapsing import awards_to_announce

    with transaction.atomic():
        for award_id in awards_to_announce(on=learner_civil_date(clock.now())):
            enqueue(jobs.MAIL_LAPSING, award_id, unique=True)


@job(jobs.MAIL_LAPSING, mode=Mode.LEASED)
def mail_lapsing(award_id: int) -> None:
    """Tell a learner that an award ends soon, unless it has ended or was renewed meanwhile."""
    from programs.awards.queries.lapsing import is_renewed
    from programs.pathway.pages.mails import lapsing_mail

    award = _award(award_id)
    if not is_renewed(award):
        send_if_any(lapsing_mail(award))


def _award(award_id: int) -> Award:
    return Award.objects.select_related("learner", "achievement_version").get(pk=award_id)
