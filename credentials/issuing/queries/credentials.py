"""Reads about single credentials: by code, of an award, where it stands, and awards that wait for one."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from core import clock
from core.database.compiled import compiled
from credentials.issuing.rules import Life, Stands, standing
from credentials.models import Credential
from credentials.rules.codes import normalized
from programs.models import Award


def credential_by_code(typed: str) -> Credential | None:
    """The published credential with this printed code, however it was typed; None when there is none."""
    code = normalized(typed)
    if code is None:
        return None
    return next(iter(_coded(code)), None)


@compiled
def _coded(code: str) -> QuerySet[Credential]:
    return Credential.objects.checkable().filter(code_row__code=code)


def credential_by_id(public_id: UUID) -> Credential | None:
    """The published credential with this public id, with what a check of it needs."""
    return next(iter(_identified(public_id)), None)


@compiled
def _identified(public_id: UUID) -> QuerySet[Credential]:
    return Credential.objects.checkable().filter(public_id=public_id)


def current_credential_of(award: Award) -> Credential | None:
    """The paper of the award that is in force."""
    return Credential.objects.signed().whole().filter(learner=award.learner_id, award=award).first()


def standing_of(credential: Credential, *, at: datetime) -> Stands:
    """Where the credential stands at the instant `at`, by our own rows."""
    life = Life(
        state=credential.state,
        signed_at=credential.signed_at,
        superseded_at=credential.superseded_at,
        revoked_at=credential.revoked_at,
        revocation_class=credential.revocation_class,
        ends_at=ends_at(credential.award),
    )
    return standing(life, at=at)


def ends_at(award: Award) -> datetime | None:
    """The instant at which an award lapses, if it does: the start of the first day without it, where it was awarded."""
    if award.valid_until is None:
        return None
    return clock.day_begins(award.valid_until, award.achievement.organization.zone)


def awards_without_paper() -> QuerySet[Award]:
    """The standing awards of which no paper was ever in force: what was revoked since, was revoked on purpose."""
    papers = Credential.objects.published().filter(learner=OuterRef("learner"), award=OuterRef("pk"))
    return Award.objects.standing().filter(~Exists(papers))
