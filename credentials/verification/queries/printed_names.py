"""The name that a document prints, for comparing it with one that somebody typed. It is never shown by code."""

from datetime import datetime
from typing import Any

from accounts.models import Learner
from accounts.queries import may_compare_name_of
from credentials.issuing.queries.documents import document_by_code
from credentials.models import Document, DocumentKind
from credentials.models.documents import IN_FORCE
from credentials.verification.rules.verdicts import Verdict, Verification


def offers_comparison(answer: Verification, *, at: datetime) -> bool:
    """Whether the page may offer to compare a name: the answer is about a code, and its document is in force."""
    if not answer.code or answer.verdict not in {Verdict.VALID, Verdict.LAPSED}:
        return False
    return comparable_document(answer.code, at=at) is not None


def comparable_document(code: str, *, at: datetime) -> Document | None:
    """The document with this code, if it prints a name with which another may be compared.

    A replaced one is left out: it may print a name that its holder has given up.
    """
    document = document_by_code(code)
    if document is None or document.state not in IN_FORCE or not printed_name(document):
        return None
    return document if may_compare_name_of(Learner(pk=document.learner_id), at=at) else None


def printed_name(document: Document) -> str:
    """The name on the certificate of a badge, or on a transcript; empty after its retention."""
    if document.kind == DocumentKind.BADGE:
        return document.name or ""
    facts: dict[str, Any] = document.facts or {}
    return str(facts["holder"]["name"]) if document.kind == DocumentKind.TRANSCRIPT and facts else ""
