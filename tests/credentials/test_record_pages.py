"""A learner's record: what the pages say, the files they hand out, and that nobody else gets in."""

import json
from datetime import date
from http import HTTPStatus

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions.learners import create_learner
from accounts.actions.names import add_name
from accounts.models import Learner, NameKind, User
from credentials.issuing.actions.reissuing import reissue
from credentials.models import Credential, Issuer, IssueReason, Transcript
from credentials.rules.codes import in_groups, printed_serial
from credentials.transcripts.actions.transcripts import make_transcript, supersede_transcript
from credentials.transcripts.rules import TranscriptKind
from programs.announcements import Awarded, awarded
from programs.models import Award
from tests.assessments.places import MONDAY, TUESDAY
from tests.credentials.awarding import achievement_of, granted, work_off
from tests.recipes import make_user, signed_in_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(ada: Learner) -> Client:
    assert ada.user is not None
    return signed_in_client(ada.user)


@pytest.fixture
def other(registrar: User) -> Client:
    user = make_user()
    create_learner("Grace Hopper", by=registrar, at=MONDAY, user=user)
    return signed_in_client(user)


def papered(award: Award) -> Credential:
    with transaction.atomic():
        awarded.send(Awarded(award=award, at=MONDAY))
    work_off()
    return Credential.objects.signed().get(award=award)


@pytest.fixture
def paper(award: Award, issuer: Issuer) -> Credential:
    return papered(award)


@pytest.fixture
def transcript(ada: Learner, registrar: User) -> Transcript:
    return make_transcript(ada, kind=TranscriptKind.OFFICIAL, by=registrar, at=MONDAY)


def page(client: Client, then: str = "") -> str:
    return client.get(f"/record/{then}").content.decode()


def test_an_empty_record_says_so(client: Client) -> None:
    shown = page(client)

    assert "Nothing is awarded yet" in shown
    assert "There is none yet" in shown


def test_awards_and_transcripts_are_listed(client: Client, paper: Credential, transcript: Transcript) -> None:
    shown = page(client)

    said = ("Bread", "Awarded", "micro-credential", in_groups(paper.code), "whoever checks it is told so",
            f"/verify/{paper.code}", "official", printed_serial(transcript.serial))  # fmt: skip
    assert [words for words in said if words.lower() not in shown.lower()] == []


def test_an_award_without_its_paper_waits(client: Client, award: Award) -> None:
    assert "Its certificate is being made." in page(client)


def test_an_open_page_takes_what_is_new_and_nothing_else(client: Client, award: Award, issuer: Issuer) -> None:
    before = client.get("/record/")
    seen = before.context["live"].stamp

    assert client.get("/record/", {"seen": seen}).status_code == HTTPStatus.NO_CONTENT
    paper = papered(award)
    after = client.get("/record/", {"seen": seen})

    assert "Its certificate is being made." in before.content.decode()
    assert in_groups(paper.code) in after.content.decode()
    assert "There is news on this page." in after.content.decode()
    assert client.get("/record/", {"seen": after.context["live"].stamp}).status_code == HTTPStatus.NO_CONTENT


def test_the_certificate_and_the_signed_record_are_handed_out(client: Client, paper: Credential) -> None:
    printed = client.get(f"/record/certificates/{paper.public_id}/certificate.pdf")
    signed = client.get(f"/record/certificates/{paper.public_id}/credential.json")

    assert printed.content[:5] == b"%PDF-"
    assert printed.headers["Content-Disposition"] == f'attachment; filename="certificate-{in_groups(paper.code)}.pdf"'
    assert printed.headers["Cache-Control"] == "private, no-store"
    assert signed.content == bytes(paper.content or b"")


def test_a_copy_is_made_and_says_whose_it_is(client: Client, ada: Learner) -> None:
    assert "marked as your own copy" in page(client, "transcripts/make/")

    answer = client.post("/record/transcripts/make/", {"language": "de"})

    made = Transcript.objects.of(ada).get()
    facts = json.loads(client.get(f"/record/transcripts/{made.public_id}/transcript.json").content)
    assert answer.headers["Location"] == "/record/"
    assert (facts["kind"], facts["language"], facts["holder"]["name"]) == ("own", "de", "Ada Byron")


def test_a_transcript_is_handed_out_as_pdf(client: Client, transcript: Transcript) -> None:
    answer = client.get(f"/record/transcripts/{transcript.public_id}/transcript.pdf")

    assert answer.content[:5] == b"%PDF-"


def test_a_replaced_transcript_names_what_took_its_place(
    client: Client, transcript: Transcript, registrar: User
) -> None:
    after = supersede_transcript(transcript, by=registrar, at=TUESDAY)

    assert f"replaced by {printed_serial(after.serial)}" in page(client)


@pytest.mark.parametrize("file", ["certificate.pdf", "credential.json"])
def test_papers_of_others_are_not_there(other: Client, paper: Credential, file: str) -> None:
    assert other.get(f"/record/certificates/{paper.public_id}/{file}").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("file", ["transcript.pdf", "transcript.json"])
def test_transcripts_of_others_are_not_there(other: Client, transcript: Transcript, file: str) -> None:
    assert other.get(f"/record/transcripts/{transcript.public_id}/{file}").status_code == HTTPStatus.NOT_FOUND


def test_no_page_joins_an_old_and_a_new_name(client: Client, ada: Learner, paper: Credential, registrar: User) -> None:
    add_name(ada, kind=NameKind.LEGAL, text="Ada King", starts_on=date(2026, 1, 1), by=registrar, reason="Marriage")
    after = reissue(paper, reason=IssueReason.NAME, by=registrar)
    work_off()

    shown = page(client)

    assert in_groups(after.code) in shown
    assert in_groups(paper.code) not in shown
    assert "Byron" not in shown
    assert "Byron" not in client.get(f"/record/certificates/{after.public_id}/certificate.pdf").content.decode(
        "latin-1"
    )


def test_a_letter_without_a_font_is_told_in_words(client: Client, ada: Learner, issuer: Issuer) -> None:
    paper = papered(granted(ada, achievement_of(issuer.organization), name_as_awarded="Ada \ue000"))

    answer = client.get(f"/record/certificates/{paper.public_id}/certificate.pdf", follow=True)

    assert "no font on this server has these characters: U+E000" in answer.content.decode()


def test_the_page_costs_the_same_for_one_award_and_for_three(
    client: Client, ada: Learner, paper: Credential, issuer: Issuer
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page(client)
        return len(asked)

    page(client)
    alone = cost()
    for cycle in (2, 3):
        papered(granted(ada, paper.award.achievement_version, cycle=cycle))

    assert cost() == alone
