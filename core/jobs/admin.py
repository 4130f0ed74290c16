"""The desk's page about jobs: what was promised, how far it has come, and what gave up.

Who may see it and who may retry is known above core: portal registers the page with its predicates.
"""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.desk import DeskAdmin, VerbForm, desk_action
from core.desk.rights import Predicate
from core.jobs.actions import dismiss_job, retry_job
from core.jobs.errors import NotDeadError
from core.jobs.kinds import JobState
from core.jobs.models import Job


def gave_up(job: Job) -> bool:
    """Whether a person has to decide about `job`."""
    return job.state == JobState.DEAD and job.dismissed_at is None


def job_admin(*, viewers: Predicate, menders: Predicate) -> type[DeskAdmin]:
    """The page, open to whoever `viewers` says yes to; retrying and dismissing is for `menders`."""

    class JobAdmin(DeskAdmin):
        may_view = staticmethod(viewers)
        question = gettext_lazy("Which background tasks are not done, and why?")
        list_display = ("name", "state", "promised", "tries", "last_error")
        list_filter = ("state", "lane")
        fields = (
            "name",
            "public_id",
            "state",
            "lane",
            "mode",
            "args",
            "tries",
            "last_error",
            "created_at",
            "run_at",
            "started_at",
            "finished_at",
            "dismissed_at",
            "request_id",
        )
        refusals: ClassVar = {NotDeadError: str}

        @admin.display(description=gettext_lazy("requested"))
        def promised(self, job: Job) -> str:
            """How long ago it was enqueued."""
            return _("%(time)s ago") % {"time": timesince(job.created_at, clock.now(), depth=1)}

        @admin.display(description=gettext_lazy("attempts"))
        def tries(self, job: Job) -> str:
            """Attempts made, of those allowed."""
            return _("%(made)d of %(allowed)d") % {"made": job.attempts, "allowed": job.max_attempts}

        @desk_action(
            gettext_lazy("Try again"),
            may=menders,
            form=VerbForm,
            offered=gave_up,
            explains=gettext_lazy("Find out first why it failed: it starts again from its first attempt."),
        )
        def retry(self, request: HttpRequest, row: Job, _form: VerbForm) -> str:
            """Let the job start again."""
            retry_job(row, by=_person(request), at=clock.now())
            return _("It will be tried again in a moment.")

        @desk_action(
            gettext_lazy("Dismiss"),
            may=menders,
            form=VerbForm,
            offered=gave_up,
            explains=gettext_lazy("It will not be tried again, and its work stays undone."),
            kind="danger",
        )
        def dismiss(self, request: HttpRequest, row: Job, _form: VerbForm) -> str:
            """Leave the job undone."""
            dismiss_job(row, by=_person(request), at=clock.now())
            return _("Dismissed. It will be removed with the finished ones.")

    return JobAdmin


def _person(request: HttpRequest) -> Any:  # noqa: ANN401 - which user model it is, core does not know
    return getattr(request.user, "public_id", None)
