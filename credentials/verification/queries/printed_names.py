"""The name that a document prints, for comparing it with one that somebody typed. It is never shown by code."""

from typing import Any

from credentials.issuing.queries.documents import document_by_code
from credentials.models import Document, DocumentKind
from credentials.models.documents import IN_FORCE


def document_in_force(code: str) -> Document | None:
    """The document with this code, with whose name another may be compared.

    A replaced one is left out: it may print a name that its holder has given up. Whether the holder lets names be
    compared is another question: nobody outside may learn from an answer how it stands.
    """
    document = document_by_code(code)
    return document if document is not None and document.state in IN_FORCE else None


def printed_name(document: Document) -> str:
    """The name on the certificate of a badge, or on a transcript; empty after its retention."""
    if document.kind == DocumentKind.BADGE:
        return document.name or ""
    facts: dict[str, Any] = document.facts or {}
    return str(facts["holder"]["name"]) if document.kind == DocumentKind.TRANSCRIPT and facts else ""
