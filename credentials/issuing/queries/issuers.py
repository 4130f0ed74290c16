"""Who signs for whom, and with which key."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Organization
from core.database.compiled import compiled
from credentials.badges.rules import IssuerFacts
from credentials.errors import NoActiveKeyError
from credentials.issuing.formats.did_web import did_document
from credentials.models import Issuer, IssuerKey, KeyState


def issuer_for(organization: Organization) -> Issuer | None:
    """The issuer of the organization, else of the nearest above it that signs; None when none has a key."""
    above = list(organizations_above(organization))
    found = {row.organization_id: row for row in _with_keys(tuple(above))}
    return next((found[key] for key in above if key in found), None)


@compiled
def _with_keys(organizations: tuple[int, ...]) -> QuerySet[Issuer]:
    return Issuer.objects.exclude(origin="").filter(organization__in=organizations)


def organizations_above(organization: Organization) -> list[int]:
    """The ids of the organization and of all above it, nearest first."""
    keys: list[int] = []
    row: Organization | None = organization
    while row is not None and row.pk not in keys:
        keys.append(row.pk)
        row = row.parent
    return keys


def organizations_signed_for(issuer: Issuer) -> set[int]:
    """The ids of the organizations whose awards this issuer signs."""
    return {row.pk for row in Organization.objects.ours().select_related("parent") if issuer_for(row) == issuer}


def active_key_of(issuer: Issuer) -> IssuerKey:
    """The key that signs now; raises NoActiveKeyError."""
    key = next(iter(_active_keys(issuer.pk)), None)  # a constraint lets an issuer have one
    if key is None:
        raise NoActiveKeyError
    return key


@compiled
def _active_keys(issuer: int) -> QuerySet[IssuerKey]:
    return IssuerKey.objects.active().filter(issuer=issuer).select_related("issuer")


def did_document_of(issuer: Issuer) -> dict[str, Any]:
    """What did.json says today: the key that signs first, then the others that still verify, newest first."""
    keys = IssuerKey.objects.listed().filter(issuer=issuer).order_by("-made_at", "-pk")
    ordered = sorted(keys, key=lambda key: key.state != KeyState.ACTIVE)
    return did_document(issuer.did, [(key.fragment, key.public_multibase) for key in ordered])


def facts_of_issuer(issuer: Issuer) -> IssuerFacts:
    """The issuer as documents say it."""
    return IssuerFacts(
        did=issuer.did,
        origin=issuer.origin,
        name=issuer.name,
        url=issuer.url,
        email=issuer.email,
        description=issuer.description,
    )
