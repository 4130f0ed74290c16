"""Sharing as a learner does it: in words before, each read after, an end at once; and what a link shows to whom."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.formats import date_format

from accounts.actions.learners import create_learner
from accounts.models import Disclosure, Learner, Organization, SharingGrant
from accounts.queries.access import grant_of_token
from core import clock
from credentials.models import GrantItem, Transcript
from credentials.transcripts.actions.transcripts import supersede_transcript
from tests.canaries import Listener
from tests.credentials.sharing_places import AT, Api, new_partner, new_program, new_transcript, shared
from tests.recipes import institution, make_user, signed_in_client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def school(db: None) -> Organization:
    college: Organization = institution.make()
    return college


@pytest.fixture
def ada(school: Organization) -> Learner:
    return create_learner("Ada Lovelace", by=None, at=AT, user=make_user())


@pytest.fixture
def learner(ada: Learner) -> Client:
    assert ada.user is not None
    return signed_in_client(ada.user)


@pytest.fixture
def transcript(ada: Learner) -> Transcript:
    return new_transcript(ada)


@pytest.fixture
def acme(school: Organization) -> Organization:
    return new_partner()


def form_for(transcript: Transcript, partner: Organization | None = None, **said: Any) -> dict[str, Any]:
    until = (clock.now() + timedelta(days=10)).date().isoformat()
    plain: dict[str, Any] = {
        "transcript": str(transcript.public_id),
        "organization": str(partner.public_id) if partner else "",
        "purpose": "employment",
    }
    return {**plain, "until": until, **said}


def agreed_digest(page: str) -> str:
    found = re.search(r'name="agreed" value="(c1:[0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def agree(client: Client, form: dict[str, Any]) -> Any:
    asked = client.post("/sharing/new/", form)
    return client.post("/sharing/new/", {**form, "agreed": agreed_digest(asked.content.decode())})


def link_in(page: str) -> str:
    found = re.search(r"/shared/([\w-]+)/", page)
    assert found is not None
    return found[1]


def test_nothing_is_shared_before_the_words_are_agreed_to(
    learner: Client, transcript: Transcript, acme: Organization
) -> None:
    new_program(acme)

    page = learner.post("/sharing/new/", form_for(transcript, acme)).content.decode()

    assert "Acme may read my transcript" in page
    assert "for this purpose: employment" in page
    assert "It shows my name and learner number" in page
    assert SharingGrant.objects.count() == 0


def test_the_last_day_is_the_one_that_was_chosen(learner: Client, transcript: Transcript) -> None:
    chosen = clock.now().date() + timedelta(days=10)

    agree(learner, form_for(transcript, until=chosen.isoformat()))

    day = date_format(chosen, "DATE_FORMAT")
    grant = SharingGrant.objects.get()
    assert f"until {day}" in learner.get("/sharing/").content.decode()
    assert f"<dt>Until</dt><dd>{day}</dd>" in learner.get(f"/sharing/{grant.public_id}/").content.decode()


def test_agreeing_shares_and_keeps_the_proof_of_the_words(
    learner: Client, transcript: Transcript, acme: Organization
) -> None:
    api = Api(new_program(acme))

    answer = agree(learner, form_for(transcript, acme))

    grant = SharingGrant.objects.get()
    assert answer.headers["Location"] == f"/sharing/{grant.public_id}/"
    assert (grant.organization, grant.purpose, GrantItem.objects.get(grant=grant).transcript) == (
        acme,
        "employment",
        transcript,
    )
    assert api.get(f"transcripts/{transcript.public_id}").status_code == 200


def test_other_words_than_those_shown_are_asked_again(
    learner: Client, transcript: Transcript, acme: Organization
) -> None:
    new_program(acme)
    form = form_for(transcript, acme)
    digest = agreed_digest(learner.post("/sharing/new/", form).content.decode())

    for changed in (
        {"purpose": "funding"},
        {"and_successors": "on"},
        {"until": (clock.now() + timedelta(days=3)).date().isoformat()},
    ):
        page = learner.post("/sharing/new/", {**form, **changed, "agreed": digest})
        assert b"Do you agree to this?" in page.content
    assert SharingGrant.objects.count() == 0


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"until": "2020-01-01"}, "This day is over."),
        ({"until": f"{clock.now().year + 3}-01-01"}, "Two years at most"),
        ({"until": "2199-01-01"}, "This date is too late"),
        ({"until": "soon"}, "This is no date."),
        ({"purpose": "gossip"}, "gossip is not one of the available choices"),
        ({"use_limit": "0"}, "greater than or equal to 1"),
        ({"transcript": "00000000-0000-4000-8000-000000000001"}, "Select a valid choice"),
        ({"organization": "00000000-0000-4000-8000-000000000001"}, "Select a valid choice"),
        ({"transcript": "0"}, "is not a valid UUID"),
    ],
)
def test_what_cannot_be_shared_is_said(
    learner: Client, transcript: Transcript, said: dict[str, str], words: str
) -> None:
    assert words in learner.post("/sharing/new/", {**form_for(transcript), **said}).content.decode()


def test_partners_without_a_program_are_not_offered(
    learner: Client, transcript: Transcript, acme: Organization
) -> None:
    page = learner.get("/sharing/new/").content.decode()

    assert "Acme" not in page


def test_nobody_shares_the_transcript_of_somebody_else(learner: Client, ada: Learner, transcript: Transcript) -> None:
    other = new_transcript(create_learner("Grace Hopper", by=None, at=AT))

    page = learner.post("/sharing/new/", form_for(other)).content.decode()

    assert "Select a valid choice" in page
    assert SharingGrant.objects.count() == 0


def test_a_transcript_that_was_replaced_is_offered_no_more(learner: Client, transcript: Transcript) -> None:
    supersede_transcript(transcript, by=None, at=clock.now())

    assert "Select a valid choice" in learner.post("/sharing/new/", form_for(transcript)).content.decode()


def test_the_learner_sees_each_read_and_withdraws(learner: Client, transcript: Transcript, acme: Organization) -> None:
    api = Api(new_program(acme))
    agree(learner, form_for(transcript, acme))
    grant = SharingGrant.objects.get()
    place = f"/sharing/{grant.public_id}/"
    assert b"Nobody has read it yet." in learner.get(place).content
    etag = api.get(f"transcripts/{transcript.public_id}")["ETag"]
    api.get(f"transcripts/{transcript.public_id}", **{"if-none-match": etag})

    page = learner.get(place).content.decode()
    assert page.count("<td>transcript</td>") == 2
    assert "they held it already" in page
    assert "Acme HR" in page
    assert "Asked for 2 times" in learner.get("/sharing/").content.decode()

    learner.post(place + "withdraw/")

    assert api.get(f"transcripts/{transcript.public_id}").status_code == 404
    assert "withdrawn" in learner.get(place).content.decode()
    assert "That was withdrawn before." in learner.post(place + "withdraw/", follow=True).content.decode()


def test_nobody_sees_or_ends_the_sharing_of_somebody_else(ada: Learner, transcript: Transcript) -> None:
    grant, _token = shared(transcript, None)
    stranger = make_user()
    create_learner("Grace Hopper", by=None, at=AT, user=stranger)
    client = signed_in_client(stranger)

    assert client.get(f"/sharing/{grant.public_id}/").status_code == 404
    assert client.post(f"/sharing/{grant.public_id}/withdraw/").status_code == 404
    grant.refresh_from_db()
    assert grant.withdrawn_at is None


def test_the_link_is_shown_once(learner: Client, transcript: Transcript) -> None:
    answer = agree(learner, form_for(transcript))

    token = link_in(answer.content.decode())
    grant = SharingGrant.objects.get()
    assert "no-store" in answer["Cache-Control"]
    assert grant_of_token(token, at=clock.now()) == grant
    for place in ("/sharing/", f"/sharing/{grant.public_id}/"):
        assert token not in learner.get(place).content.decode()


def test_looking_at_a_link_shows_nobody_and_counts_nothing(transcript: Transcript) -> None:
    grant, token = shared(transcript, None, use_limit=1)

    for _look in range(3):
        page = Client().get(f"/shared/{token}/")
        assert page.status_code == 200
        assert "Lovelace" not in page.content.decode()
        assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("same-origin", "noindex, nofollow")
        assert "no-store" in page["Cache-Control"]
        assert "<script" not in page.content.decode()
    assert Client().get(f"/shared/{token}/transcript").status_code == 405
    grant.refresh_from_db()
    assert (grant.use_count, Disclosure.objects.count()) == (0, 0)


def test_opening_a_link_shows_the_transcript_and_is_written_down(transcript: Transcript) -> None:
    _grant, token = shared(transcript, None)

    page = Client(enforce_csrf_checks=True).post(f"/shared/{token}/transcript")
    paper = Client(enforce_csrf_checks=True).post(f"/shared/{token}/paper")

    assert "Ada Lovelace" in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert [(row.act, row.client, row.organization) for row in Disclosure.objects.order_by("pk")] == [
        ("read", None, None),
        ("download", None, None),
    ]


def test_a_link_opens_as_often_as_was_agreed(transcript: Transcript) -> None:
    _grant, token = shared(transcript, None, use_limit=2)

    answers = [Client().post(f"/shared/{token}/transcript") for _try in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 404]
    assert ["last time" in answer.content.decode() for answer in answers] == [False, True, False]
    assert Disclosure.objects.count() == 2


def test_a_link_that_ended_reads_like_one_that_never_was(learner: Client, transcript: Transcript) -> None:
    grant, token = shared(transcript, None)
    learner.post(f"/sharing/{grant.public_id}/withdraw/")

    for method in ("get", "post"):
        place = "" if method == "get" else "transcript"
        ended = getattr(Client(), method)(f"/shared/{token}/{place}")
        never = getattr(Client(), method)(f"/shared/{'x' * 43}/{place}")
        assert ended.status_code == never.status_code == 404
        assert "This link opens nothing" in ended.content.decode()
        assert "This link opens nothing" in never.content.decode()
    assert Client().post(f"/shared/{token}/paper").status_code == 404
    assert Disclosure.objects.count() == 0


def test_a_partners_sharing_has_no_link(transcript: Transcript, acme: Organization) -> None:
    grant, token = shared(transcript, acme)

    assert token == ""
    assert not hasattr(grant, "link")


def test_a_link_follows_what_takes_its_place_where_agreed(transcript: Transcript) -> None:
    _grant, follows = shared(transcript, None, and_successors=True)
    _other, stays = shared(transcript, None)
    newer = supersede_transcript(transcript, by=None, at=clock.now())

    serials = [newer.serial, transcript.serial]
    from credentials.rules.codes import printed_serial

    for token, serial in zip((follows, stays), serials, strict=True):
        assert printed_serial(serial) in Client().post(f"/shared/{token}/transcript").content.decode()


def test_no_token_stands_in_a_log_line(transcript: Transcript, log_lines: Listener) -> None:
    _grant, token = shared(transcript, None)

    Client().get(f"/shared/{token}/")
    Client().post(f"/shared/{token}/transcript")
    Client().get(f"/shared/{token}/nowhere")

    assert log_lines.leaks([token]) == []
    assert GrantItem.objects.count() == 1
