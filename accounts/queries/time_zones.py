"""The time zone in which a learner's dates are meant."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Subquery

from accounts.models import (
    Organization,
)
from core import clock


def learner_time_zone() -> ZoneInfo:
    """The time zone for civil dates of learners: the one of the root organization, or UTC before it is set up."""
    return zone_named(_roots().values_list("time_zone", flat=True).first())


def learners_time_zone() -> Subquery:
    """The name of `learner_time_zone()` as a column of any row; `zone_named` reads it."""
    return Subquery(_roots().values("time_zone")[:1])


def zone_named(name: str | None) -> ZoneInfo:
    """The zone of an organization's `time_zone`; UTC where there is no organization yet."""
    return ZoneInfo(name or "UTC")


def _roots() -> QuerySet[Organization]:
    return Organization.objects.ours().filter(parent=None).order_by("pk")


def learner_civil_date(at: datetime) -> date:
    """The civil date of the instant `at` in the time zone of learners."""
    return clock.civil_date(at, learner_time_zone())
