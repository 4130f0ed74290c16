"""A learner's record in a browser: in every light, width and direction; a copy made by keyboard, papers fetched."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import expect

from accounts.actions.learners import create_learner
from accounts.models import Role, User
from core import clock
from credentials.issuing.actions.issuers import save_issuer
from credentials.issuing.actions.keys import make_first_key
from credentials.models import Credential
from credentials.papers.formats.certificate_pdf import certificate_pdf
from credentials.transcripts.actions.transcripts import make_transcript, supersede_transcript
from credentials.transcripts.rules import TranscriptKind
from programs.announcements import Awarded, awarded
from tests.assessments.places import MONDAY
from tests.credentials.awarding import achievement_of, granted, work_off
from tests.credentials.printed import certificate
from tests.journeys.conftest import Visitor
from tests.journeys.looks import folders_of_pictures, look_at
from tests.recipes import institution, make_staff, make_user, signed_in_client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Visitor]


@dataclass
class Record:
    """Two awards, one of them over, and three transcripts."""

    paper: Credential
    session: str


@pytest.fixture
def record(transactional_db: None) -> Record:
    school = institution.make()
    issuer = save_issuer(None, organization=school, slug="lakeside", name="Lakeside College", by=None, at=MONDAY)
    make_first_key(issuer, by=None, at=MONDAY)
    registrar, user = make_staff(Role.REGISTRAR), make_user()
    assert isinstance(user, User)
    ada = create_learner("Ada Byron", by=registrar, at=MONDAY, user=user)
    bread = achievement_of(school, "Bread")
    award = granted(ada, bread)
    with transaction.atomic():
        awarded.send(Awarded(award=award, at=MONDAY))
    work_off()
    paper = Credential.objects.signed().get()
    granted(
        ada, bread, cycle=2, valid_until=date(2099, 1, 1), holds_until=clock.day_begins(date(2099, 1, 1), school.zone)
    )
    first = make_transcript(ada, kind=TranscriptKind.OFFICIAL, by=registrar, at=MONDAY)
    supersede_transcript(first, by=registrar, at=clock.now())
    return Record(paper, signed_in_client(user).session.session_key or "")


def test_the_record_has_no_fault_in_any_light(visit: Visit, record: Record) -> None:
    faults = look_at(visit, "/record/", name="record", session=record.session)
    faults += look_at(visit, "/record/transcripts/make/", name="record-copy", session=record.session)

    assert faults == []


def test_the_record_has_no_fault_from_right_to_left(visit: Visit, record: Record) -> None:
    assert look_at(visit, "/record/", name="record-ar", session=record.session, language="ar") == []


def test_a_copy_is_made_by_keyboard_and_a_certificate_is_fetched(visit: Visit, record: Record) -> None:
    page = visit(session=record.session).open("/record/")
    page.get_by_role("link", name="Download own copy").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Download own copy").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your copy is made.")).to_be_visible()

    with page.expect_download() as fetched:
        page.get_by_role("link", name="Certificate (PDF)").first.click()

    assert Path(fetched.value.path()).read_bytes()[:5] == b"%PDF-"


def test_a_certificate_can_be_looked_at(tmp_path: Path) -> None:
    printed = tmp_path / "certificate.pdf"
    printed.write_bytes(certificate_pdf(certificate()))

    for folder in [*folders_of_pictures("certificate"), tmp_path]:
        folder.mkdir(parents=True, exist_ok=True)
        picture = folder / "certificate"
        subprocess.run(["pdftoppm", "-png", "-r", "110", "-singlefile", str(printed), str(picture)], check=True)

    assert (tmp_path / "certificate.png").read_bytes()[:4] == b"\x89PNG"
