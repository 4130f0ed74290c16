"""What is published under our own addresses, read from our own rows, so that our credentials need no fetch."""

from uuid import UUID

from credentials.models import Credential, Issuer, StatusList
from programs.models import AchievementVersion


def credential_at(public_id: UUID) -> Credential | None:
    """The credential at its address, whatever its status; None for one that was never signed."""
    rows = Credential.objects.published().whole().select_related("award__achievement__organization")
    return rows.filter(public_id=public_id).first()


def achievement_version_at(achievement_id: UUID, number: int) -> AchievementVersion | None:
    """The version of an achievement at its address; None for one that is still a draft."""
    rows = AchievementVersion.objects.frozen().select_related("achievement__organization__parent")
    return rows.filter(achievement__public_id=achievement_id, number=number).first()


def status_list_at(public_id: UUID) -> StatusList | None:
    """The status list at its address, with its stored bytes alone; None before it is first signed."""
    return StatusList.objects.exclude(content=None).only("content").filter(public_id=public_id).first()


def issuer_at(slug: str) -> Issuer | None:
    """The issuer with this name in addresses; None before its first key."""
    return Issuer.objects.exclude(origin="").filter(slug=slug).first()
