"""Reads about single credentials: by id, of an award, their status; and awards without a credential."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.queries.learner_search import pasted_uuid, rows_of_learners_matching
from core import clock
from core.database.compiled import compiled
from credentials.issuing.queries.documents import document_by_code
from credentials.issuing.queries.issuers import issuing_organization_of
from credentials.issuing.rules import CredentialHistory, DatedStatus, status_at
from credentials.models import Credential, Document
from programs.models import Award


def credential_by_id(public_id: UUID) -> Credential | None:
    """The published credential with this public id and the rows that a check reads; None when there is none."""
    return next(iter(_identified(public_id)), None)


@compiled
def _identified(public_id: UUID) -> QuerySet[Credential]:
    return Credential.objects.checkable().filter(public_id=public_id)


def current_credential_of(award: Award) -> Credential | None:
    """The valid credential of the award; None while there is none."""
    return Credential.objects.signed().whole().filter(learner=award.learner_id, award=award).first()


def without_large_columns(rows: QuerySet[Credential]) -> QuerySet[Credential]:
    """These credentials without the signed and the prepared document, which a list does not show."""
    return rows.defer("content", "prepared")


def credentials_matching(rows: QuerySet[Credential], words: str) -> QuerySet[Credential]:
    """The credentials with this printed code or public id, otherwise those of learners that match; all for no words."""
    coded = document_by_code(words) if words else None
    if (public_id := pasted_uuid(words)) is not None and rows.filter(public_id=public_id).exists():
        return rows.filter(public_id=public_id)
    return rows.filter(pk=coded.pk) if coded else rows_of_learners_matching(rows, words)


def status_of(document: Document, *, at: datetime) -> DatedStatus:
    """The status of a credential at the instant `at`, by our own rows."""
    history = CredentialHistory(
        state=document.state,
        signed_at=document.signed_at,
        superseded_at=document.superseded_at,
        revoked_at=document.revoked_at,
        revocation_class=document.revocation_class,
        ends_at=ends_at(document.award) if document.award else None,
    )
    return status_at(history, at=at)


def ends_at(award: Award) -> datetime | None:
    """The instant at which an award lapses: the start of the first civil day without it; None when it has no end."""
    if award.valid_until is None:
        return None
    return clock.day_begins(award.valid_until, issuing_organization_of(award.achievement).zone)


def awards_without_credential() -> QuerySet[Award]:
    """The granted awards that never had a signed credential.

    An award with a revoked credential is not among them: somebody revoked it on purpose.
    """
    credentials = Credential.objects.published().filter(learner=OuterRef("learner"), award=OuterRef("pk"))
    return Award.objects.standing().filter(~Exists(credentials))


def unsigned_among(awards: QuerySet[Any]) -> QuerySet[Any]:
    """Those of the awards that `awards_without_credential` has."""
    return awards.filter(pk__in=awards_without_credential().values("pk"))
