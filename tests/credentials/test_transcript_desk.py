"""The registrar's desk page of transcripts."""

from http import HTTPStatus

import pytest
from django.test import Client

from accounts.actions.learners import create_learner
from accounts.models import Learner, Role, User
from credentials.models import Transcript
from credentials.rules.codes import printed_serial
from credentials.transcripts.actions.transcripts import make_transcript
from credentials.transcripts.rules import TranscriptKind
from tests.assessments.places import MONDAY
from tests.recipes import learner as learners
from tests.recipes import make_staff, signed_in_client

pytestmark = pytest.mark.django_db

PLACE = "/admin/credentials/transcript/"


@pytest.fixture
def desk(registrar: User) -> Client:
    return signed_in_client(registrar)


@pytest.fixture
def made(ada: Learner, registrar: User) -> Transcript:
    return make_transcript(ada, kind=TranscriptKind.OFFICIAL, by=registrar, at=MONDAY)


def asked(learner: Learner) -> dict[str, str]:
    return {"learner_number": learner.learner_number, "language": "en"}


def test_an_official_one_is_made(desk: Client, ada: Learner, registrar: User) -> None:
    answer = desk.post(f"{PLACE}do/make/", asked(ada), follow=True)

    row = Transcript.objects.of(ada).get()
    assert (row.transcript_kind, row.issued_by) == ("official", registrar)
    assert printed_serial(row.serial) in answer.content.decode()


@pytest.mark.parametrize("typed", ["{serial}", "{dashed}", "{public_id}"])
def test_one_is_found_by_its_serial_or_id(desk: Client, made: Transcript, registrar: User, typed: str) -> None:
    other = create_learner("Grace Hopper", by=registrar, at=MONDAY)
    make_transcript(other, kind=TranscriptKind.OFFICIAL, by=registrar, at=MONDAY)
    serial = printed_serial(made.serial)
    known = {"serial": serial, "dashed": serial.lower().replace("-", "\u2013"), "public_id": made.public_id}

    answer = desk.post(f"{PLACE}search/", {"q": typed.format(**known)}, follow=True)

    assert [row.record for row in answer.context["rows"]] == [made]


def test_a_preview_keeps_nothing(desk: Client, ada: Learner) -> None:
    answer = desk.post(f"{PLACE}do/preview/", asked(ada))

    assert answer.content[:5] == b"%PDF-"
    assert not Transcript.objects.exists()


def test_a_letter_without_a_font_is_refused_at_preview(desk: Client, ada: Learner) -> None:
    ada.names.update(text="Ada \ue000")

    answer = desk.post(f"{PLACE}do/preview/", asked(ada))

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "U+E000" in answer.content.decode()


def test_a_record_without_a_legal_name_is_refused(desk: Client) -> None:
    answer = desk.post(f"{PLACE}do/make/", asked(learners.make()))

    assert "holds no legal name in force" in answer.content.decode()


def test_it_is_printed_and_corrected_once(desk: Client, made: Transcript) -> None:
    printed = desk.post(f"{PLACE}{made.pk}/do/print/")
    corrected = desk.post(f"{PLACE}{made.pk}/do/correct/", follow=True)

    after = Transcript.objects.get(supersedes=made)
    assert printed.content[:5] == b"%PDF-"
    assert printed_serial(after.serial) in corrected.content.decode()
    assert "do/correct/" not in desk.get(f"{PLACE}{made.pk}/change/").content.decode()


def test_the_list_says_whose_and_what_took_its_place(desk: Client, made: Transcript) -> None:
    desk.post(f"{PLACE}{made.pk}/do/correct/")

    shown = desk.get(PLACE).content.decode()

    assert printed_serial(made.serial) in shown
    record = desk.get(f"{PLACE}{made.pk}/change/").content.decode()
    assert f"<h1>{printed_serial(made.serial)}</h1>" in record.replace("\n", "")
    assert f"replaced by {printed_serial(Transcript.objects.get(supersedes=made).serial)}" in shown


def test_an_inspector_reads_and_makes_nothing(made: Transcript, ada: Learner) -> None:
    inspector = signed_in_client(make_staff(Role.INSPECTOR))

    assert inspector.get(PLACE).status_code == HTTPStatus.OK
    assert inspector.post(f"{PLACE}do/make/", asked(ada)).status_code == HTTPStatus.FORBIDDEN
    assert Transcript.objects.count() == 1
