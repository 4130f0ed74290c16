"""Everything that is needed to verify what we signed, as files, for use after this installation has ended."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from credentials.issuing.queries.issuers import did_document_of
from credentials.models import Document, Issuer, StatusList


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One file: its name, the address under which it was published, and its bytes."""

    name: str
    url: str
    content: bytes


def exported_files() -> Iterator[ExportedFile]:
    """Every signed document within its retention, the did.json of each issuer, and each status list."""
    signed = Document.objects.published().exclude(key=None).exclude(content=None)
    for document in signed.select_related("issuer").order_by("pk").iterator(chunk_size=200):
        yield ExportedFile(f"{document.public_id}.json", document.url, bytes(document.content or b""))
    for issuer in Issuer.objects.exclude(origin="").order_by("pk"):
        content = json.dumps(did_document_of(issuer), indent=1).encode()
        yield ExportedFile(f"did-{issuer.slug}.json", f"{issuer.origin}/issuers/{issuer.slug}/did.json", content)
    for status_list in StatusList.objects.exclude(content=None).select_related("issuer").order_by("pk"):
        yield ExportedFile(f"status-{status_list.public_id}.json", status_list.url, bytes(status_list.content or b""))
