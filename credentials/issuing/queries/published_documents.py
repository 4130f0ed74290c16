"""What is published under our own addresses, read from our own rows, so that our credentials need no fetch."""

import json
from uuid import UUID

from credentials.issuing.formats.did_web import address_of
from credentials.issuing.queries.issuers import did_document_of
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


def published_document(url: str) -> bytes | None:
    """The bytes published at `url` if it is the did.json of an issuer of ours or a status list; None otherwise."""
    for issuer in Issuer.objects.exclude(origin=""):
        if url == address_of(issuer.did):
            return json.dumps(did_document_of(issuer)).encode()
        if url.startswith(f"{issuer.origin}/status/"):
            return _list(url, issuer)
    return None


def _list(url: str, issuer: Issuer) -> bytes | None:
    for status_list in StatusList.objects.select_related("issuer").filter(issuer__origin=issuer.origin):
        if status_list.url == url and status_list.content is not None:
            return bytes(status_list.content)
    return None
