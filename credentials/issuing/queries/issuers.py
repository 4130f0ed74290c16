"""Which issuer signs for which organization, and with which key."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Organization
from core.database.compiled import compiled
from credentials.badges.rules import IssuerFacts
from credentials.errors import NoActiveKeyError
from credentials.issuing.formats.did_web import did_document
from credentials.models import Issuer, IssuerKey, KeyState
from programs.models import Achievement


def issuing_organization_of(achievement: Achievement) -> Organization:
    """The organization under which documents about an achievement are issued: the one that it belongs to today.

    Its issuer signs them, and the end of an award and the day of issue are civil days in its zone. Facts inside a
    document name the one that awarded it (`awarding_organization_of` in programs.audit.queries.awarding). They differ
    only when the achievement changed hands after the award.
    """
    return achievement.organization


def issuer_for(organization: Organization) -> Issuer | None:
    """The issuer of the organization, otherwise of the nearest parent that signs; None when none of them has a key."""
    above = organizations_above(organization)
    found = {row.organization_id: row for row in _with_keys(tuple(above))}
    return next((found[key] for key in above if key in found), None)


def can_sign_for(organization: Organization) -> bool:
    """Return whether an award of this organization would be signed; true while no issuer is set up at all.

    A program may be published before the institution has its first key: awards then wait, and are signed with it. Once
    somebody signs, a program that nobody signs for is a mistake.
    """
    return issuer_for(organization) is not None or not Issuer.objects.exclude(origin="").exists()


# Compiled once per process: issuing asks for every credential, as for the active key below.
@compiled
def _with_keys(organizations: tuple[int, ...]) -> QuerySet[Issuer]:
    return Issuer.objects.exclude(origin="").filter(organization__in=organizations)


def organizations_above(organization: Organization) -> list[int]:
    """The ids of the organization and of all above it, nearest first."""
    keys: list[int] = []
    row: Organization | None = organization
    while row is not None and row.pk not in keys:  # ends even where parents form a ring
        keys.append(row.pk)
        row = row.parent
    return keys


def organizations_signed_for(issuer: Issuer) -> set[int]:
    """The ids of the organizations for which this issuer signs."""
    return {row.pk for row in Organization.objects.ours().select_related("parent") if issuer_for(row) == issuer}


def active_key_of(issuer: Issuer) -> IssuerKey:
    """The key that signs now; raises NoActiveKeyError."""
    # At most one: the constraint issuer_key_one_active_per_issuer.
    key = next(iter(_active_keys(issuer.pk)), None)
    if key is None:
        raise NoActiveKeyError
    return key


@compiled
def _active_keys(issuer: int) -> QuerySet[IssuerKey]:
    return IssuerKey.objects.active().filter(issuer=issuer).select_related("issuer")


def did_document_of(issuer: Issuer) -> dict[str, Any]:
    """The did.json of today: first the key that signs, then the others that still verify, the newest first."""
    keys = IssuerKey.objects.listed().filter(issuer=issuer).order_by("-made_at", "-pk")
    ordered = sorted(keys, key=lambda key: key.state != KeyState.ACTIVE)
    return did_document(issuer.did, [(key.fragment, key.public_multibase) for key in ordered])


def facts_of_issuer(issuer: Issuer) -> IssuerFacts:
    """The issuer as signed documents describe it."""
    return IssuerFacts(
        did=issuer.did,
        origin=issuer.origin,
        name=issuer.name,
        url=issuer.url,
        email=issuer.email,
        description=issuer.description,
        image=f"{issuer.origin}/issuers/{issuer.slug}/image",
    )
