"""What the whole promises to do by itself."""

from datetime import timedelta
from itertools import chain

from core.jobs import Lane, job
from core.jobs.errors import ImpersonalError


class IntegrityError(ImpersonalError):
    """Something is wrong with what is stored; `manage.py check_integrity` names all of it."""


@job(
    name="site.check_integrity",
    lane=Lane.BULK,
    max_attempts=1,
    time_limit=timedelta(hours=2),
    every=timedelta(days=1),
)
def check_integrity() -> None:
    """Check the whole each night; what is wrong ends the job, and the desk's start page shows jobs that ended so."""
    from portal.queries.integrity import checked_apps, missing_guards, problems_of

    found = [*chain.from_iterable(map(problems_of, checked_apps())), *missing_guards()]
    if found:
        raise IntegrityError(f"{len(found)} problems, the first: {found[0].app}: {found[0].sentence}")
