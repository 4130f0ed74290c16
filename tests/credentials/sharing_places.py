"""A partner with its program, and transcripts that learners share, for tests of sharing and of the partner API."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client
from oauth2_provider.models import AccessToken

from accounts.actions.learners import create_learner
from accounts.actions.partners import make_partner_client
from accounts.models import Learner, Organization, OrganizationKind, PartnerClient, SharingGrant, SharingPurpose
from core import clock
from credentials.models import Transcript
from credentials.sharing.actions import Terms, share_transcript
from credentials.transcripts.actions.transcripts import make_transcript
from credentials.transcripts.rules import TranscriptKind
from tests.recipes import institution

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
WORDS = "Acme may read my transcript."
_numbers = itertools.count(1)


def new_partner(name: str = "Acme") -> Organization:
    partner: Organization = institution.make(name=name, kind=OrganizationKind.PARTNER)
    return partner


def new_program(partner: Organization) -> PartnerClient:
    client: PartnerClient = make_partner_client(partner, name=f"{partner.name} HR", by=None, at=AT)[0]
    return client


def token_of(program: PartnerClient) -> str:
    """A token in force, without the exchange that gets one."""
    token = f"t{next(_numbers)}-nG3kP0aZ7yQw5sXr9TbVu2LmHc4EjD"
    row = AccessToken(application=program, expires=clock.now() + timedelta(hours=1), scope="read", token="")
    row._raw_token = token
    row.save()
    return token


class Api:
    """Asks as a partner's program."""

    def __init__(self, program: PartnerClient) -> None:
        self.token = token_of(program)

    def get(self, path: str, **headers: str) -> Any:
        return Client().get(f"/api/v1/{path}", headers={"authorization": f"Bearer {self.token}", **headers})

    def post(self, path: str, body: Any) -> Any:
        return Client().post(
            f"/api/v1/{path}",
            body,
            content_type="application/json",
            headers={"authorization": f"Bearer {self.token}"},
        )


def new_transcript(learner: Learner | None = None, *, kind: TranscriptKind = TranscriptKind.OFFICIAL) -> Transcript:
    person = learner or create_learner("Ada Lovelace", by=None, at=AT)
    made: Transcript = make_transcript(person, kind=kind, by=None, at=clock.now())
    return made


def shared(
    transcript: Transcript,
    partner: Organization | None,
    *,
    days: int = 30,
    use_limit: int | None = None,
    and_successors: bool = False,
) -> tuple[SharingGrant, str]:
    """The transcript, given to a partner or to whoever holds the link whose token is the second value."""
    at = clock.now()
    terms = Terms(
        purpose=SharingPurpose.EMPLOYMENT,
        words=WORDS,
        expires_at=at + timedelta(days=days),
        use_limit=use_limit,
        and_successors=and_successors,
    )
    given: tuple[SharingGrant, str] = share_transcript(
        transcript.learner, transcript=transcript, terms=terms, at=at, organization=partner
    )
    return given
