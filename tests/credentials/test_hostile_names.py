"""Learners who are called what breaks pages: the name is text wherever it stands, and turns nothing around it."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from accounts.actions.learners import create_learner
from accounts.models import Learner, Organization, User
from core.text.letters import TURNING, printable
from credentials.issuing.queries.credentials import current_credential_of
from credentials.models import Credential, Issuer, Transcript
from credentials.transcripts.actions.printing import transcript_pdf
from credentials.transcripts.actions.transcripts import make_transcript
from credentials.transcripts.rules import TranscriptKind
from tests.assessments.places import MONDAY
from tests.credentials.awarding import awarded_by_rule
from tests.credentials.printed import Paper
from tests.credentials.sharing_places import Api, new_partner, new_program, shared
from tests.recipes import make_user, signed_in_client

pytestmark = pytest.mark.django_db

NAMES = {
    "markup": "<img src=file:///etc/passwd>",
    "formula": "=cmd()",
    "override": "Ada \u202eecalevoL",
    "tower": "Z" + "\u0302" * 200 + "oe",
}


class Texts(HTMLParser):
    """The texts of a page, each stripped, and the tags that are never ours."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.images: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.images.append(str(dict(attrs).get("src")))


@pytest.fixture(params=list(NAMES.values()), ids=list(NAMES))
def name(request: Any) -> str:
    return str(request.param)


@pytest.fixture
def learner(name: str, registrar: User) -> Learner:
    return create_learner(name, by=registrar, at=MONDAY, user=make_user())


@pytest.fixture
def paper(learner: Learner, registrar: User, school: Organization, issuer: Issuer) -> Credential:
    award = awarded_by_rule(learner, school, by=registrar, at=MONDAY)
    found = current_credential_of(award)
    assert found is not None
    return found


@pytest.fixture
def transcript(learner: Learner, paper: Credential, registrar: User) -> Transcript:
    return make_transcript(learner, kind=TranscriptKind.OFFICIAL, by=registrar, at=MONDAY)


def pages_of_the_desk(learner: Learner, paper: Credential, transcript: Transcript) -> Iterator[str]:
    yield from ("/admin/accounts/learner/", f"/admin/accounts/learner/{learner.pk}/change/")
    yield from ("/admin/programs/award/", f"/admin/programs/award/{paper.award_id}/change/")
    yield from ("/admin/credentials/credential/", f"/admin/credentials/credential/{paper.pk}/change/")
    yield from ("/admin/credentials/transcript/", f"/admin/credentials/transcript/{transcript.pk}/change/")


def test_on_pages_it_is_text_that_turns_nothing_around_it(
    name: str, learner: Learner, paper: Credential, transcript: Transcript, registrar: User, school: Organization
) -> None:
    partner = new_partner()
    new_program(partner)
    grant, _none = shared(transcript, partner)
    _link, token = shared(transcript, None)
    assert learner.user is not None
    own, desk, stranger = signed_in_client(learner.user), signed_in_client(registrar), Client()

    answers = {
        **{path: own.get(path) for path in ("/", "/record/", "/sharing/", f"/sharing/{grant.public_id}/")},
        **{path: desk.get(path) for path in pages_of_the_desk(learner, paper, transcript)},
        "landing": stranger.get(f"/shared/{token}/"),
        "shared": stranger.post(f"/shared/{token}/transcript"),
        "code": stranger.get(f"/verify/{paper.code}"),
        "document": stranger.post("/verify/", {"text": bytes(paper.content or b"").decode()}),
        "published": stranger.get(f"/credentials/{paper.public_id}", headers={"accept": "text/html"}),
    }

    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code != 200} == {}
    pages = {path: Texts(answer.content.decode()) for path, answer in answers.items()}
    assert [path for path, page in pages.items() if any("passwd" in source for source in page.images)] == []
    texts = [(path, text) for path, page in pages.items() for text in page.texts]
    assert [(path, text) for path, text in texts if TURNING & set(text) or "\u0302" * 3 in text] == []
    shown = {path for path, page in pages.items() if printable(name) in page.texts}
    assert {"/", "shared", *list(pages_of_the_desk(learner, paper, transcript))[:2]} <= shown
    assert shown & {"landing", "code", "document", "published"} == set()


def test_on_paper_it_is_text_and_the_layout_holds(name: str, transcript: Transcript) -> None:
    sheet = Paper(transcript_pdf(transcript, at=MONDAY))

    words = sheet.words(1)
    assert [word for word, left, top, right, bottom in words
            if left < 45 or right > 595.28 - 45 or top < 20 or bottom > 841.89 - 20] == []  # fmt: skip
    assert set("".join(printable(name).split())) - set(sheet.text(1)) <= {"\u0302"}
    assert set(sheet.fonts.values()) == {"yes yes yes"}


def test_partners_are_answered_what_was_written(name: str, transcript: Transcript, paper: Credential) -> None:
    partner = new_partner()
    shared(transcript, partner)
    api = Api(new_program(partner))

    told = api.get(f"transcripts/{transcript.public_id}")
    checked = api.post("verify", {"credential": paper.document})

    assert (told["Content-Type"], told["X-Content-Type-Options"]) == ("application/json", "nosniff")
    assert told.json()["holder"]["name"] == name
    assert checked.json()["verdict"] == "valid"
    assert name not in json.dumps(checked.json(), ensure_ascii=False)
    assert name not in json.dumps(paper.document, ensure_ascii=False)
