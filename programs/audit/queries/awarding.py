"""Which organization awards a program version, and the civil dates there. No other module answers this."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Organization
from core import clock
from core.database.compiled import compiled
from programs.models import Award, Enrollment, OrganizationPart, OrganizationRole, ProgramVersion


def awarding_of(version: ProgramVersion) -> Organization:
    """Return the organization that awards a version: the one with that role, else the program's own."""
    for role in _awarding(version.pk):
        return role.organization
    return version.program.organization


@compiled
def _awarding(version: int) -> QuerySet[OrganizationRole]:
    rows = OrganizationRole.objects.filter(version=version, part=OrganizationPart.AWARDING)
    return rows.select_related("organization").order_by("pk")[:1]


def awarding_time_zone(version: str) -> Coalesce:
    """Return `awarding_of(…).time_zone` as an expression for a query; `version` is the lookup of the version."""
    roles = OrganizationRole.objects.filter(version=OuterRef(version), part=OrganizationPart.AWARDING)
    own = F(f"{version}__program__organization__time_zone")
    return Coalesce(Subquery(roles.order_by("pk").values("organization__time_zone")[:1]), own)


def zone_of(enrollment: Enrollment) -> ZoneInfo:
    """Return the time zone of an enrollment's civil dates: that of the organization that awards its version."""
    return awarding_of(enrollment.version).zone


def awarding_date(version: ProgramVersion, at: datetime) -> date:
    """Return the civil date of the instant `at` in the time zone of the organization that awards a version."""
    return clock.civil_date(at, awarding_of(version).zone)


def awarding_organization_of(award: Award) -> Organization:
    """Return the organization that the award's frozen achievement version names, not the one that awards today."""
    named = (award.achievement_version.content or {}).get("achievement", {}).get("organization")
    current = award.achievement.organization
    return current if named in {None, str(current.public_id)} else Organization.objects.get(public_id=named)
