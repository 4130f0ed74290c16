"""The day of an award is that of the place where it is awarded: on paper, badge, API and pages, whatever UTC says."""

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from accounts.models import Learner, Organization, User
from credentials.issuing.queries.credentials import current_credential_of
from credentials.models import Credential, Issuer, Transcript
from credentials.papers.actions import certificate_pdf
from credentials.transcripts.actions.printing import transcript_pdf
from credentials.transcripts.actions.transcripts import make_transcript
from credentials.transcripts.rules import TranscriptKind
from programs.models import Award
from tests.credentials.awarding import awarded_by_rule
from tests.credentials.printed import Paper
from tests.credentials.sharing_places import Api, new_partner, new_program, shared
from tests.recipes import signed_in_client

pytestmark = pytest.mark.django_db

SYDNEY = ZoneInfo("Australia/Sydney")
FRIDAY_EVENING = datetime(2026, 3, 6, 20, tzinfo=UTC)  # in Sydney it is Saturday, seven in the morning
SATURDAY = date(2026, 3, 7)
SAID_ELSEWHERE = ("6 March 2026", "March 6, 2026", "2026-03-06")


@pytest.fixture
def award(ada: Learner, registrar: User, school: Organization, issuer: Issuer) -> Award:
    """Granted by rule at the moment at which the last piece was judged."""
    return awarded_by_rule(ada, school, by=registrar, at=FRIDAY_EVENING)


@pytest.fixture
def paper(award: Award) -> Credential:
    found = current_credential_of(award)
    assert found is not None
    return found


@pytest.fixture
def transcript(ada: Learner, paper: Credential, registrar: User) -> Transcript:
    return make_transcript(ada, kind=TranscriptKind.OFFICIAL, by=registrar, at=FRIDAY_EVENING)


def elsewhere(text: str) -> list[str]:
    return [words for words in SAID_ELSEWHERE if words in text]


def test_the_record_holds_the_day_of_the_awarding_organization(award: Award) -> None:
    assert (award.requirements_met_on, award.awarded_on) == (SATURDAY, SATURDAY)


def test_the_badge_gives_that_day_and_its_instants_with_the_zone(paper: Credential) -> None:
    document = paper.document or {}
    starts = datetime.fromisoformat(document["validFrom"])

    assert document["awardedDate"] == "2026-03-07T12:00:00+11:00"
    assert starts.utcoffset() == paper.issued_at.astimezone(SYDNEY).utcoffset() != timedelta(0)
    assert starts == paper.issued_at.replace(microsecond=0)


def test_paper_says_that_day(paper: Credential, transcript: Transcript) -> None:
    certificate = Paper(certificate_pdf(paper, at=FRIDAY_EVENING)).text()
    sheet = Paper(transcript_pdf(transcript, at=FRIDAY_EVENING)).text()

    assert "Awarded 7 March 2026" in certificate
    assert "7 March 2026" in sheet
    assert [elsewhere(certificate), elsewhere(sheet)] == [[], []]


def test_the_api_answers_that_day(paper: Credential, transcript: Transcript) -> None:
    partner = new_partner()
    shared(transcript, partner)
    api = Api(new_program(partner))

    (awarded,) = api.get(f"transcripts/{transcript.public_id}").json()["awards"]
    badge = json.loads(api.get(f"credentials/{paper.public_id}").content)
    checked = api.post("verify", {"code": paper.code}).json()

    assert (awarded["awarded_on"], awarded["requirements_met_on"]) == ("2026-03-07", "2026-03-07")
    assert transcript.facts is not None
    assert transcript.facts["made_on"] == "2026-03-07"
    assert badge["awardedDate"] == "2026-03-07T12:00:00+11:00"
    assert checked["credential"]["awarded_on"] == "2026-03-07"


def test_pages_show_that_day(ada: Learner, paper: Credential, transcript: Transcript) -> None:
    assert ada.user is not None
    record = signed_in_client(ada.user).get("/record/").content.decode()
    checked = Client().get(f"/verify/{paper.code}").content.decode()
    published = Client().get(f"/credentials/{paper.public_id}", headers={"accept": "text/html"}).content.decode()

    for shown in (record, checked, published):
        assert "March 7, 2026" in shown
        assert elsewhere(shown) == []
