"""Awards that end soon, and whose holders have not heard of it."""

from datetime import date, timedelta

from core.jobs.queries import first_ids_of
from programs import jobs
from programs.models import Award

# How long before the first day without the award its holder hears of it.
NOTICE = timedelta(days=30)
# How many days the sweep may have been away without anybody being left out; shorter than finished jobs are kept,
# because those say who has heard already.
CATCH_UP = timedelta(days=5)


def awards_to_announce(*, on: date) -> list[int]:
    """Return the ids of valid awards that end NOTICE after the day `on`, or did in the days before it."""
    soon = Award.objects.standing().filter(valid_until__gt=on + NOTICE - CATCH_UP, valid_until__lte=on + NOTICE)
    told = first_ids_of(jobs.MAIL_LAPSING)
    return [pk for pk in soon.order_by("pk").values_list("pk", flat=True) if pk not in told]


def is_renewed(award: Award) -> bool:
    """Return whether the person holds the same achievement in a later cycle."""
    later = Award.objects.standing().of(award.learner).filter(achievement=award.achievement_id)
    return later.filter(cycle__gt=award.cycle).exists()
