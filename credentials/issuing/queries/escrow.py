"""Everything that verifying our credentials takes, as files: for the day on which this installation is no more."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from credentials.issuing.queries.issuers import did_document_of
from credentials.models import Credential, Issuer, StatusList


@dataclass(frozen=True, slots=True)
class Kept:
    """One file: its name, the address that it stood at, and its bytes."""

    name: str
    url: str
    content: bytes


def escrow() -> Iterator[Kept]:
    """Every signed credential whose bytes are kept, each issuer's did.json, each status list."""
    credentials = Credential.objects.published().exclude(content=None).select_related("issuer").order_by("pk")
    for credential in credentials.iterator(chunk_size=200):
        yield Kept(f"{credential.public_id}.json", credential.url, bytes(credential.content or b""))
    for issuer in Issuer.objects.exclude(origin="").order_by("pk"):
        content = json.dumps(did_document_of(issuer), indent=1).encode()
        yield Kept(f"did-{issuer.slug}.json", f"{issuer.origin}/issuers/{issuer.slug}/did.json", content)
    for status_list in StatusList.objects.exclude(content=None).select_related("issuer").order_by("pk"):
        yield Kept(f"status-{status_list.public_id}.json", status_list.url, bytes(status_list.content or b""))
