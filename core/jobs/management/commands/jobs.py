"""How the outbox is doing; tries jobs again that gave up, or runs what is due in the foreground."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError
from django.utils.timesince import timesince

from core import clock
from core.jobs.actions import dismiss_job, retry_job
from core.jobs.errors import NotDeadError
from core.jobs.kinds import JobState, Lane
from core.jobs.models import Job
from core.jobs.queries import dead_jobs, dead_jobs_count, job_counts, oldest_due_age
from core.jobs.worker import Drained, drain
from core.operator import CommandResult, OperatorCommand

ALL = "all"
LISTED = 20


class Command(OperatorCommand):
    help = "Shows how many jobs are in which state and which gave up; --retry, --dismiss and --run change that."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_mutually_exclusive_group()
        verbs.add_argument("--retry", metavar="ID", help='try a job that gave up again; "all" tries each of them')
        verbs.add_argument("--dismiss", metavar="ID", help="give a job that gave up no further attempt")
        verbs.add_argument("--run", action="store_true", help="run what is due, here and now, until nothing is")

    def operate(
        self,
        *,
        retry: str | None = None,
        dismiss: str | None = None,
        run: bool = False,
        **_options: Any,  # noqa: ANN401 - Django's own options
    ) -> CommandResult:
        """Do what the arguments ask for."""
        done: dict[str, object] = {}
        if retry:
            done["retried"] = self._each(retry, retry_job, "Will be tried again")
        if dismiss:
            done["dismissed"] = self._each(dismiss, dismiss_job, "Dismissed")
        if run:
            done["ran"] = self._run()
        return self._report(done)

    def _each(self, which: str, action: Any, words: str) -> list[str]:  # noqa: ANN401 - retry_job or dismiss_job
        changed = []
        for job in _chosen(which):
            try:
                action(job, by=None, at=clock.now())
            except NotDeadError as refusal:
                raise CommandError(f"Job {job.public_id} is {job.get_state_display()}. {refusal}") from refusal
            self.say(f"{words}: {job}")
            changed.append(str(job.public_id))
        return changed

    def _run(self) -> dict[str, int]:
        ran = sum((drain(lane) for lane in Lane), Drained())
        self.say(
            "Ran: " + (", ".join(f"{count} {outcome}" for outcome, count in sorted(ran.items())) or "nothing was due")
        )
        return {outcome.value: count for outcome, count in ran.items()}

    def _report(self, done: dict[str, object]) -> CommandResult:
        counts = job_counts()
        for lane, states in counts.items():
            self.say(f"{lane}: " + ", ".join(f"{count} {JobState(state).label}" for state, count in states.items()))
        if not counts:
            self.say("No jobs.")
        waited = oldest_due_age()
        self.say(
            f"Waiting longest: {_duration_in_words(waited)}"
            if waited is not None
            else "Nothing is waiting that could run."
        )
        dead = dead_jobs_count()
        for job in dead_jobs(LISTED):
            self.say(f"Gave up: {job} after {job.attempts} attempts: {job.last_error}")
        if dead > LISTED:
            self.say(f"… and {dead - LISTED} more that gave up.")
        facts = {
            **done,
            "counts": counts,
            "dead": dead,
            "oldest_due_seconds": None if waited is None else round(waited.total_seconds()),
        }
        problem = f"{dead} jobs gave up: find the reason, then --retry or --dismiss them."
        return CommandResult(facts, (problem,) if dead else ())


def _chosen(which: str) -> Iterator[Job]:
    if which == ALL:
        yield from Job.objects.dead().order_by("pk").iterator()
        return
    try:
        yield Job.objects.get(public_id=UUID(which))
    except (ValueError, Job.DoesNotExist):
        raise CommandError(f"No job goes by {which}. `manage.py jobs` lists those that gave up.") from None


def _duration_in_words(waited: timedelta) -> str:
    now = clock.now()
    return (
        timesince(now - waited, now, depth=1) if waited >= timedelta(minutes=1) else f"{waited.total_seconds():.0f} s"
    )
