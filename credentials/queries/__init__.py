"""Reads of credentials that cross tables."""

from credentials.queries.credentials import (
    awards_without_paper,
    credential_by_code,
    current_credential_of,
    standing_of,
)
from credentials.queries.issuers import active_key_of, did_document_of, issuer_for
from credentials.queries.published import published
from credentials.queries.statuses import indexes_set_in

__all__ = [
    "active_key_of",
    "awards_without_paper",
    "credential_by_code",
    "current_credential_of",
    "did_document_of",
    "indexes_set_in",
    "issuer_for",
    "published",
    "standing_of",
]
