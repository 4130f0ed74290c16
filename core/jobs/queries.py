"""How the outbox is doing: for the desk, the command and /readyz."""

from datetime import timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, QuerySet
from django.db.models.functions import Now

from core.jobs.kinds import JobKind
from core.jobs.models import Job


def failed_jobs() -> QuerySet[Job]:
    """The jobs that failed for good and were neither retried nor dismissed."""
    return Job.objects.dead()


def dead_jobs_count() -> int:
    """The number of `failed_jobs`."""
    return failed_jobs().count()


def dead_jobs(limit: int) -> list[Job]:
    """The jobs that gave up and wait for a person, latest first."""
    return list(Job.objects.dead().order_by("-finished_at")[:limit])


def oldest_due_age() -> timedelta | None:
    """How long the job that is due longest has been due; None when nothing waits that could run."""
    waited = ExpressionWrapper(Now() - F("run_at"), output_field=DurationField())
    due = Job.objects.waiting().filter(run_at__lte=Now())
    return due.order_by("run_at").annotate(waited=waited).values_list("waited", flat=True).first()


def job_counts() -> dict[str, dict[str, int]]:
    """How many jobs are in which state, by lane: {"now": {"waiting": 3}}."""
    counts: dict[str, dict[str, int]] = {}
    for row in Job.objects.values("lane", "state").annotate(count=Count("pk")).order_by("lane", "state"):
        counts.setdefault(row["lane"], {})[row["state"]] = row["count"]
    return counts


def first_ids_of(kind: JobKind) -> set[int]:
    """The first id of each job of this kind that is not deleted yet, waiting and finished ones."""
    return {args[0] for args in Job.objects.filter(name=kind.name).values_list("args", flat=True)}
