"""What needs attention: the desk's start page, one card for each thing that waits, fed by every app's queries."""

from collections.abc import Callable, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import is_registrar
from config.base.desk.concerns import Concern
from config.base.jobs.models import Job


def concerns_for(user: User) -> list[Concern]:
    """What this person should look at, what has failed before what only waits; nothing when all is well."""
    found = [concern for look in LOOKS for concern in look(user)]
    return sorted(found, key=lambda concern: concern.weight != "alarm")


def _failed_jobs(user: User) -> Iterator[Concern]:
    dead = Job.objects.dead()
    if not is_registrar(user) or not (count := dead.count()):
        return
    yield Concern(
        title=_("Work that gave up"),
        count=count,
        url=f"{reverse('admin:jobs_job_changelist')}?state__exact=dead",
        weight="alarm",
        oldest=dead.order_by("finished_at").values_list("finished_at", flat=True).first(),
        advice=_("Cairn tried several times and stopped. Read why, mend it, and try again."),
    )


LOOKS: tuple[Callable[[User], Iterator[Concern]], ...] = (_failed_jobs,)
