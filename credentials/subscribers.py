"""What credentials does when programs award or rescind: it enqueues jobs in the same transaction, nothing else."""

from core.jobs import enqueue
from credentials import jobs
from programs.announcements import Awarded, AwardEnded


def enqueue_credential(event: Awarded) -> None:
    """Enqueue a credential for the new award."""
    enqueue(jobs.ISSUE, event.award.pk, unique=True)


def enqueue_revocations(event: AwardEnded) -> None:
    """Enqueue the end of all credentials of a rescinded award.

    A lapsed award needs no job, because each credential states its last day itself.
    """
    if event.how == "rescinded":
        enqueue(jobs.REVOKE_RESCINDED, event.award.pk, unique=True)
