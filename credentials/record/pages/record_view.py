"""Each award and transcript of a learner's record as its page shows it, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import Learner
from accounts.queries.time_zones import learner_time_zone
from core import clock
from credentials.issuing.queries.credentials import status_of
from credentials.issuing.rules import CredentialStatus
from credentials.models import Credential, Transcript
from credentials.papers.labels import kind_in_words
from credentials.record.queries import awards_of, newest_credentials_of
from credentials.rules.codes import in_groups, printed_serial
from credentials.transcripts.queries.stored_transcripts import transcripts_of
from programs.models import Award, AwardState

# The sentence, and the colour and icon of its badge.
AWARD_STATES: Mapping[str, tuple[Any, str, str]] = {
    AwardState.GRANTED: (_("Awarded"), "good", "check"),
    AwardState.LAPSED: (_("Its time is over."), "warm", "clock"),
    AwardState.RESCINDED: (_("Rescinded"), "alarm", "cross"),
}
CERTIFICATE_STATUSES: Mapping[CredentialStatus, Any] = {
    CredentialStatus.VALID: _("The certificate is valid: whoever checks it is told so."),
    CredentialStatus.LAPSED: _("The certificate has lapsed: whoever checks it is told that its time is over."),
    CredentialStatus.REPLACED: _("The certificate was replaced; the newer one is on its way."),
    CredentialStatus.REVOKED: _("The certificate was revoked: whoever checks it is told so."),
}


@dataclass(frozen=True, slots=True)
class ShownCredential:
    """The newest credential of an award, with its certificate to download."""

    public_id: UUID
    code: str
    check: str
    words: Any


@dataclass(frozen=True, slots=True)
class ShownAward:
    """One award: what it is, its dates, its state, and its newest credential.

    `waits_for_credential` tells that a credential will still be made: the award is in force and has none yet.
    """

    title: str
    kind: str
    awarded_on: date
    met_on: date
    last_day: date | None
    words: Any
    badge: str
    icon: str
    credential: ShownCredential | None
    waits_for_credential: bool


@dataclass(frozen=True, slots=True)
class ShownTranscript:
    """One transcript; `successor` is the serial of the one that replaced it, `kept` is False after its retention."""

    public_id: UUID
    serial: str
    official: bool
    made_on: date
    successor: str
    kept: bool


def shown_awards(learner: Learner, *, at: datetime) -> list[ShownAward]:
    """The awards of a learner, the newest first, each with its newest credential; two queries."""
    credentials = newest_credentials_of(learner)
    return [_shown(row, credentials.get(row.pk), at) for row in awards_of(learner)]


def shown_transcripts(learner: Learner) -> list[ShownTranscript]:
    """All transcripts of a learner, the newest first."""
    zone = learner_time_zone()
    return [
        ShownTranscript(
            public_id=row.public_id,
            serial=printed_serial(row.serial),
            official=row.official,
            made_on=clock.civil_date(row.issued_at, zone),
            successor=_successor(row),
            kept=row.content is not None,
        )
        for row in transcripts_of(learner)
    ]


def _shown(row: Award, credential: Credential | None, at: datetime) -> ShownAward:
    words, badge, icon = AWARD_STATES[row.state]
    assert row.awarded_on is not None  # noqa: S101  # of awarded ones, by constraint
    return ShownAward(
        title=row.achievement_version.title,
        kind=kind_in_words(row.achievement_version.achievement_type),
        awarded_on=row.awarded_on,
        met_on=row.requirements_met_on,
        last_day=row.valid_until - timedelta(days=1) if row.valid_until else None,
        words=words,
        badge=badge,
        icon=icon,
        credential=_shown_credential(credential, at) if credential else None,
        waits_for_credential=credential is None and row.stands,
    )


def _shown_credential(row: Credential, at: datetime) -> ShownCredential:
    status = status_of(row, at=at).status
    return ShownCredential(row.public_id, in_groups(row.code), row.code, CERTIFICATE_STATUSES[status])


def _successor(row: Transcript) -> str:
    after: str | None = vars(row)["successor_serial"]
    return printed_serial(after) if after else ""
