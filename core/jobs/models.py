"""The job: one row per promise, from the transaction that made it until some days after it was kept."""

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.jobs.kinds import JobState, Lane, Mode

ENDED = (JobState.DONE, JobState.DEAD)


class HoldsOnlyIds(models.Func):
    """True of a JSON array whose members are integers or UUIDs in their usual spelling."""

    template = (
        """(jsonb_typeof(%(expressions)s) = 'array' AND NOT jsonb_path_exists(%(expressions)s, 'strict $[*] ? (!("""
        """(@.type() == "number" && @ == @.floor()) || """
        """(@.type() == "string" && @ like_regex "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")))', '{}', true))"""
    )
    output_field = models.BooleanField()


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs by where they stand; the database's clock decides, because workers on several machines share only that."""

    def waiting(self) -> Self:
        """Those that have not started, or start again."""
        return self.filter(state=JobState.WAITING)

    def due(self, lane: Lane | str) -> Self:
        """What may start now."""
        return self.waiting().filter(lane=lane, run_at__lte=Now())

    def twins_of(self, job: "Job") -> Self:
        """The jobs that a run of `job` stands for."""
        return self.waiting().filter(merges=True, name=job.name, args=job.args).exclude(pk=job.pk)

    def held_as(self, job: "Job") -> Self:
        """The row of `job`, as long as it is still in the hands of the run that `job.lease` names."""
        return self.filter(pk=job.pk, state=JobState.RUNNING, lease=job.lease)

    def dead(self) -> Self:
        """What gave up and nobody has dealt with yet."""
        return self.filter(state=JobState.DEAD, dismissed_at=None)


class Job(models.Model):
    """A handler's name, the ids it is called with, and how far that has come."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("job"), max_length=100)
    lane = models.CharField(_("lane"), max_length=10, choices=Lane.choices)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices)
    args = models.JSONField(_("ids"), default=list)
    merges = models.BooleanField(_("stands for its twins"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=JobState.choices, default=JobState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    max_attempts = models.PositiveSmallIntegerField(_("attempts allowed"))
    run_at = models.DateTimeField(_("not before"), db_default=Now())
    lease = models.UUIDField(_("run"), null=True, editable=False)
    leased_until = models.DateTimeField(_("leased until"), null=True)
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    dismissed_at = models.DateTimeField(_("dismissed at"), null=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True, default="")
    request_id = models.UUIDField(_("request"), null=True, editable=False)
    created_at = models.DateTimeField(_("requested at"), db_default=Now())

    objects: ClassVar[models.Manager["Job"]] = models.Manager.from_queryset(JobQuerySet)()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(lane__in=Lane.values), name="job_lane_is_known"),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="job_mode_is_known"),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_is_known"),
            models.CheckConstraint(condition=HoldsOnlyIds(F("args")), name="job_args_are_ids"),
            models.CheckConstraint(
                condition=Q(max_attempts__gte=1, attempts__lte=F("max_attempts")), name="job_attempts_are_limited"
            ),
            models.CheckConstraint(
                condition=Q(state=JobState.RUNNING, lease__isnull=False, started_at__isnull=False, attempts__gte=1)
                | (~Q(state=JobState.RUNNING) & Q(lease=None)),
                name="job_running_has_a_run",
            ),
            models.CheckConstraint(
                condition=Q(state=JobState.RUNNING, mode=Mode.LEASED, leased_until__isnull=False)
                | (~Q(state=JobState.RUNNING, mode=Mode.LEASED) & Q(leased_until=None)),
                name="job_leased_until_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, finished_at__isnull=False) | (~Q(state__in=ENDED) & Q(finished_at=None)),
                name="job_ended_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.DEAD) | ~Q(last_error=""), name="job_that_gave_up_says_why"
            ),
            models.CheckConstraint(
                condition=Q(dismissed_at=None) | Q(state=JobState.DEAD), name="job_dismissed_gave_up_first"
            ),
        ]
        indexes: ClassVar = [
            # Each holds only its own state, so that taking the next one does not see a million finished ones.
            models.Index(fields=["lane", "run_at", "id"], condition=Q(state="waiting"), name="job_next"),
            models.Index(fields=["name"], condition=Q(state="waiting", merges=True), name="job_twins"),
            models.Index(fields=["started_at"], condition=Q(state="running"), name="job_in_hand"),
            models.Index(
                fields=["finished_at"], condition=Q(state="done") | Q(dismissed_at__isnull=False), name="job_to_remove"
            ),
            models.Index(fields=["finished_at"], condition=Q(state="dead"), name="job_gave_up"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.public_id}"
