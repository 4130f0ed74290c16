"""What the pages of a learner's record say about each award and transcript, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import Learner
from accounts.queries import learner_time_zone
from core import clock
from credentials.issuing.queries.credentials import standing_of
from credentials.issuing.rules import Standing
from credentials.models import Credential, Transcript, TranscriptKinds
from credentials.papers.labels import kind_in_words
from credentials.rules.codes import in_groups, printed_serial
from credentials.transcripts.queries import transcripts_of
from programs.models import Award, AwardState

# What is said, and the colour and sign of the badge that says it.
AWARDS: Mapping[str, tuple[Any, str, str]] = {
    AwardState.GRANTED: (_("It stands."), "good", "check"),
    AwardState.LAPSED: (_("Its time is over."), "warm", "clock"),
    AwardState.RESCINDED: (_("It was taken back."), "alarm", "cross"),
}
PAPERS: Mapping[Standing, Any] = {
    Standing.VALID: _("The certificate holds: whoever checks it is told so."),
    Standing.LAPSED: _("The certificate has lapsed: whoever checks it is told that its time is over."),
    Standing.REPLACED: _("The certificate was replaced; the newer one is on its way."),
    Standing.REVOKED: _("The certificate was revoked: whoever checks it is told so."),
}


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """The paper of an award that can be fetched."""

    public_id: UUID
    code: str
    check: str
    words: Any


@dataclass(frozen=True, slots=True)
class ShownAward:
    """One award: what it is, its days, whether it stands, and its newest paper."""

    title: str
    kind: str
    awarded_on: date
    met_on: date
    last_day: date | None
    words: Any
    badge: str
    icon: str
    paper: ShownPaper | None


@dataclass(frozen=True, slots=True)
class ShownTranscript:
    """One transcript; `successor` is the serial of the one that took its place."""

    public_id: UUID
    serial: str
    official: bool
    made_on: date
    successor: str
    kept: bool


def shown_awards(learner: Learner, *, at: datetime) -> list[ShownAward]:
    """All that was awarded to a person, the newest first. Papers in earlier names are not among them."""
    rows = Award.objects.of(learner).awarded().select_related("achievement__organization", "achievement_version")
    papers: dict[int, Credential] = {}
    signed = Credential.objects.of(learner).published().whole().select_related("award__achievement__organization")
    for paper in signed.filter(content__isnull=False).order_by("issued_at", "pk"):
        papers[paper.award_id] = paper
    return [_shown(row, papers.get(row.pk), at) for row in rows.order_by("-awarded_on", "-pk")]


def shown_transcripts(learner: Learner) -> list[ShownTranscript]:
    """All transcripts of a person, the newest first."""
    zone = learner_time_zone()
    return [
        ShownTranscript(
            public_id=row.public_id,
            serial=printed_serial(row.serial),
            official=row.kind == TranscriptKinds.OFFICIAL,
            made_on=clock.civil_date(row.made_at, zone),
            successor=_successor(row),
            kept=row.content is not None,
        )
        for row in transcripts_of(learner)
    ]


def _shown(row: Award, paper: Credential | None, at: datetime) -> ShownAward:
    words, badge, icon = AWARDS[row.state]
    assert row.awarded_on is not None  # noqa: S101  # of awarded ones, by constraint
    return ShownAward(
        title=row.achievement_version.title,
        kind=kind_in_words(row.achievement.achievement_type),
        awarded_on=row.awarded_on,
        met_on=row.requirements_met_on,
        last_day=row.valid_until - timedelta(days=1) if row.valid_until else None,
        words=words,
        badge=badge,
        icon=icon,
        paper=_paper(paper, at) if paper else None,
    )


def _paper(paper: Credential, at: datetime) -> ShownPaper:
    stands = standing_of(paper, at=at)
    return ShownPaper(paper.public_id, in_groups(paper.code), paper.code, PAPERS[stands.standing])


def _successor(row: Transcript) -> str:
    after: Transcript | None = getattr(row, "successor", None)
    return printed_serial(after.serial) if after else ""
