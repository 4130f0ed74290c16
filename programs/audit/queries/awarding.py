"""Who awards: the one home of which organization awards a program version, and of the civil days there."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Organization
from core import clock
from core.database.compiled import compiled
from programs.models import Award, Enrollment, OrganizationPart, OrganizationRole, ProgramVersion


def awarding_of(version: ProgramVersion) -> Organization:
    """The organization that awards a version: the one that plays that part, else the program's own."""
    for role in _awarding(version.pk):
        return role.organization
    return version.program.organization


@compiled
def _awarding(version: int) -> QuerySet[OrganizationRole]:
    rows = OrganizationRole.objects.filter(version=version, part=OrganizationPart.AWARDING)
    return rows.select_related("organization").order_by("pk")[:1]


def zone_awarding(version: str) -> Coalesce:
    """`awarding_of(...).time_zone` for a query over rows that name a version under `version`."""
    roles = OrganizationRole.objects.filter(version=OuterRef(version), part=OrganizationPart.AWARDING)
    own = F(f"{version}__program__organization__time_zone")
    return Coalesce(Subquery(roles.order_by("pk").values("organization__time_zone")[:1]), own)


def zone_of(enrollment: Enrollment) -> ZoneInfo:
    """Where the civil dates of an enrollment are made: the time zone of the organization that awards its version."""
    return awarding_of(enrollment.version).zone


def day_awarding(version: ProgramVersion, at: datetime) -> date:
    """The civil date of `at` where a version is awarded."""
    return clock.civil_date(at, awarding_of(version).zone)


def awarded_by(award: Award) -> Organization:
    """Who awarded it: the organization that the frozen achievement version names, whoever awards it by now."""
    named = (award.achievement_version.content or {}).get("achievement", {}).get("organization")
    current = award.achievement.organization
    return current if named in {None, str(current.public_id)} else Organization.objects.get(public_id=named)
