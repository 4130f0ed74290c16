"""A transcript's serial, link or facts, shown by whoever holds them: one plain answer, and nobody's name."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Disclosure, Organization
from core import clock
from credentials.issuing.actions.issuers import save_issuer
from credentials.issuing.actions.keys import make_first_key
from credentials.models import Credential, Document, Transcript
from credentials.papers.queries import check_url
from credentials.rules.codes import code_of, in_groups, printed_serial
from credentials.transcripts.actions.transcripts import supersede_transcript
from credentials.transcripts.queries.stored_transcripts import transcript_json
from credentials.transcripts.rules import TranscriptKind
from tests.canaries import Listener
from tests.credentials.awarding import achievement_of, granted, paper_of
from tests.credentials.sharing_places import Api, new_partner, new_program, new_transcript
from tests.recipes import institution
from tests.recipes import learner as new_learner

pytestmark = pytest.mark.django_db

VALID = "This transcript is valid."
REPLACED = "This transcript was replaced by a newer one."
ALTERED = "This is not what was signed."
NOT_KNOWN = "Not known here."
NOBODYS = printed_serial(f"T{code_of(bytes(8))}")


@pytest.fixture(autouse=True)
def school(db: None) -> Organization:
    college: Organization = institution.make(name="Lakeside College")
    return college


@pytest.fixture
def transcript() -> Transcript:
    return new_transcript()


def page(**form: Any) -> str:
    response = Client().post("/verify/", form)
    assert response.status_code == 200
    return response.content.decode()


def answer(**form: Any) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page(**form))
    assert found is not None
    return found[1].strip()


def test_a_serial_is_answered_however_it_was_typed_or_scanned(transcript: Transcript) -> None:
    serial, printed = transcript.serial, printed_serial(transcript.serial)

    for typed in (serial, printed, f" {printed.lower()} ", f"T {in_groups(serial[1:])}", check_url(serial)):
        assert answer(words=typed) == VALID
    assert VALID in Client().get(f"/verify/{serial}").content.decode()
    assert VALID in Client().get("/verify/", {"code": printed}).content.decode()


@pytest.mark.parametrize(
    ("kind", "words"),
    [(TranscriptKind.OFFICIAL, "Official transcript"), (TranscriptKind.OWN, "Learner&#x27;s own copy")],
)
def test_it_says_what_was_made_by_whom_and_never_whose_it_is(kind: TranscriptKind, words: str) -> None:
    transcript = new_transcript(kind=kind)

    shown = page(words=transcript.serial)

    assert words in shown
    assert "Lakeside College" in shown
    person = transcript.learner
    hidden = ("Ada", "Lovelace", person.learner_number, str(person.public_id), str(transcript.public_id))
    assert [text for text in hidden if text in shown] == []
    assert not Disclosure.objects.exists()


def test_a_replaced_one_does_not_lead_to_the_new_one(transcript: Transcript) -> None:
    new = supersede_transcript(transcript, by=None, at=clock.now())

    old_page, new_page = page(words=transcript.serial), page(words=new.serial)

    assert REPLACED in old_page
    assert VALID in new_page
    for hidden, shown in ((new, old_page), (transcript, new_page)):
        assert printed_serial(hidden.serial) not in shown
        assert hidden.serial not in shown


def test_an_unknown_serial_and_one_whose_record_is_gone_are_the_same(transcript: Transcript) -> None:
    Transcript.objects.filter(pk=transcript.pk).update(content=None, erased_at=clock.now())

    unknown, gone = page(words=NOBODYS), page(words=transcript.serial)

    def bare(shown: str) -> str:
        return re.sub(r'value="\w{64}"', "", shown)

    assert bare(unknown) == bare(gone)
    assert NOT_KNOWN in unknown


def test_a_mistyped_serial_is_said_to_be_one(transcript: Transcript) -> None:
    serial = transcript.serial
    wrong = f"T{'8' if serial[1] == '7' else '7'}{serial[2:]}"

    response = Client().post("/verify/", {"words": wrong})

    assert response.status_code == 422
    assert "do not fit together" in response.content.decode()


def test_the_facts_inside_the_pdf_are_compared_word_for_word(transcript: Transcript) -> None:
    facts = transcript_json(transcript)
    forged = {**facts, "holder": {**facts["holder"], "name": "Eve"}}

    assert answer(text=bytes(transcript.content or b"").decode()) == VALID
    assert answer(text=json.dumps(dict(reversed(facts.items())), indent=2)) == VALID
    assert answer(text=json.dumps(forged)) == ALTERED
    assert "Lakeside" not in page(text=json.dumps(forged)).split("<main")[1]
    assert answer(text=json.dumps({**facts, "serial": NOBODYS})) == NOT_KNOWN
    assert answer(text=json.dumps({**facts, "serial": 7})) == NOT_KNOWN


def test_a_partners_program_is_told_the_same(transcript: Transcript) -> None:
    api, code = Api(new_program(new_partner())), printed_serial(transcript.serial)

    told = api.post("verify", {"code": code}).json()

    assert told == {
        "verdict": "valid",
        "why": "",
        "since": None,
        "checks": [
            {"check": "transcript", "passed": True, "reason": "well"},
            {"check": "in_force", "passed": True, "reason": "well"},
        ],
        "credential": None,
        "transcript": {"kind": "official", "issuer": "Lakeside College", "made_on": transcript.facts["made_on"]},  # type: ignore[index]
        "issuer": {"known": "ours", "identifier": "", "claims_our_name": False},
        "file": None,
        "members": [],
        "retry": False,
    }
    assert api.post("verify", {"link": f"{settings.PUBLIC_URL}/verify/{transcript.serial}"}).json() == told
    new = supersede_transcript(transcript, by=None, at=clock.now())
    after = api.post("verify", {"credential": transcript_json(transcript)}).json()
    assert (after["verdict"], after["checks"][1]) == ("replaced", {"check": "facts", "passed": True, "reason": "well"})
    assert str(new.public_id) not in json.dumps(after)
    assert api.post("verify", {"code": NOBODYS}).json()["verdict"] == "not_known"
    assert not Disclosure.objects.exists()


def test_a_serial_never_stands_in_a_log_line(transcript: Transcript, log_lines: Listener) -> None:
    page(words=transcript.serial)
    Client().get(f"/verify/{transcript.serial}")

    assert log_lines.leaks([transcript.serial, printed_serial(transcript.serial)]) == []


def test_an_answer_is_small_and_takes_few_queries(transcript: Transcript, django_assert_max_num_queries: Any) -> None:
    for serial in (transcript.serial, NOBODYS):
        with django_assert_max_num_queries(6):
            response = Client().get(f"/verify/{serial}")
        assert len(response.content) < 15_000
        assert "<script" not in response.content.decode()


def test_a_document_is_found_as_its_own_kind_alone(transcript: Transcript) -> None:
    college = Organization.objects.ours().get()
    make_first_key(
        save_issuer(None, organization=college, slug="lakeside", name="Lakeside", by=None, at=clock.now()),
        by=None,
        at=clock.now(),
    )
    credential = paper_of(granted(new_learner.make(), achievement_of(college)))
    disguised = {**transcript_json(transcript), "serial": credential.code}

    assert answer(text=json.dumps(disguised)) == NOT_KNOWN
    assert Client().get(f"/credentials/{transcript.public_id}").status_code == 404
    assert (list(Credential.objects.all()), list(Transcript.objects.all())) == ([credential], [transcript])
    assert Document.objects.count() == 2
