"""Erasing what was said about a person: no word is left anywhere, and every decision still replays (invariant 19)."""

import subprocess
import uuid
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Learner, LearnerName, Organization, Role, User
from assessments.models import Artifact, Evidence, Submission
from assessments.work.actions.files import add_file
from assessments.work.actions.submissions import save_words, start_submission, submit_work
from competencies.models import Competency
from core.database.embedded.place import binaries
from core.privacy import LearnerTable, learner_tables
from credentials.models import Credential, RevocationBody
from portal.actions.erasing import WORDS, erase_words_about
from portal.queries.integrity import checked_apps, problems_of
from programs.decisions.actions import grant_exception, record_recognition
from programs.enrollment.actions.enrolling import enroll, record_event
from programs.models import AwardBody, AwardConcern, AwardConcernBody, EventReason, RecognitionBasis
from programs.rules.attainments import ExceptionKind
from programs.rules.enrollment import EventKind
from tests.assessments.places import FEBRUARY, MONDAY, TUESDAY, new_competency, new_framework, new_scale, show
from tests.assessments.work import judge, new_assessment
from tests.canaries import Listener
from tests.credentials.awarding import paper_of
from tests.programs.places import open_assessment, published
from tests.recipes import make_staff

CANARY = "zebrafinch"
SALT = bytes(16)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files of this test lie."""
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def assessor(school: Organization) -> User:
    return make_staff(Role.ASSESSOR)


@pytest.fixture
def knead(school: Organization) -> Competency:
    return new_competency(new_framework(), "knead", new_scale())


@pytest.fixture
def said(ada: Learner, school: Organization, knead: Competency, assessor: User, registrar: User) -> Learner:
    """A learner about whom the word was said wherever words can be said."""
    work = start_submission(ada, assessment=new_assessment(knead, organization=school), at=MONDAY)
    save_words(work, text=f"My {CANARY} loaf")
    add_file(work, upload=SimpleUploadedFile(f"{CANARY}.txt", f"A {CANARY} file.".encode(), "text/plain"), at=MONDAY)
    submit_work(work, performed_on=FEBRUARY, at=MONDAY)
    judge(work, 3, by=assessor, comments={"": f"A fine {CANARY}"})
    show(ada, knead, 2, by=assessor, words=f"Seen with a {CANARY}")
    other = new_competency(knead.framework, "bake", knead.revisions.get().scale)
    open_assessment(school, other)
    studies = enroll(ada, version=published(school, "Bread", knead, other), on=MONDAY.date(), by=registrar, at=MONDAY)
    record_event(
        studies, kind=EventKind.PAUSE, on=MONDAY.date(), reason=EventReason.FAMILY, words=f"Cares for a {CANARY}",
        by=registrar, at=MONDAY,
    )  # fmt: skip
    record_recognition(
        ada, basis=RecognitionBasis.TRANSFER, achieved_on=date(2026, 1, 1), by=registrar, credits=Decimal(1),
        source_credits=Decimal(1),
        words=f"The {CANARY} course", at=MONDAY,
    )  # fmt: skip
    root = studies.version.requirements.get(parent=None)
    grant_exception(
        studies, kind=ExceptionKind.WAIVE, node=root.key, by=registrar, words=f"For the {CANARY}", at=MONDAY
    )
    return ada


@pytest.fixture
def paper(said: Learner, award: object, issuer: object) -> Credential:
    """Of the same person, with the word beside the award and the paper."""
    made = paper_of(award)  # type: ignore[arg-type]
    row = made.award
    AwardBody.objects.create(award=row, about="decision", content=f"Granted to a {CANARY}", salt=SALT)
    concern = AwardConcern.objects.create(
        learner=said, award=row, kind="evidence_voided", subject_id=uuid.uuid4(), raised_at=MONDAY
    )
    AwardConcernBody.objects.create(concern=concern, content=f"The {CANARY} stays", salt=SALT)
    RevocationBody.objects.create(document=made, content=f"Wrong {CANARY}")
    return made


def word_tables() -> list[LearnerTable]:
    return [table for table in learner_tables() if table.blanks == WORDS]


def tables_with(word: str) -> set[str]:
    """Every table of the database, histories and jobs among them, in which `word` stands, read by COPY."""
    found = set()
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as rows:
            if word.encode() in b"".join(bytes(block) for block in rows):
                found.add(table)
    return found


def dump() -> bytes:
    """What pg_dump writes of the database."""
    program = binaries() / "pg_dump"
    if not program.exists():
        pytest.skip("this server brings no pg_dump")
    params = connection.get_connection_params()
    place = {name: str(params[name]) for name in ("host", "port", "user", "password", "dbname") if params.get(name)}
    address = " ".join(f"{name}='{value}'" for name, value in place.items())
    return subprocess.run([program, "--dbname", address], capture_output=True, check=True).stdout


def wrong() -> list[str]:
    return [found.sentence for app in checked_apps() for found in problems_of(app)]


def test_no_word_is_left_and_every_decision_replays(
    paper: Credential, said: Learner, kept: Path, log_lines: Listener
) -> None:
    planted = {table.table._meta.db_table for table in word_tables()}
    assert tables_with(CANARY) == planted
    assert CANARY.encode() in dump()
    assert any(CANARY.encode() in path.read_bytes() for path in kept.rglob("*") if path.is_file())
    before = wrong()
    decided = sorted(row.digest for row in said.mastery.all())

    erased = erase_words_about(said, at=TUESDAY)

    assert (erased.texts >= len(planted), erased.files) == (True, 1)
    assert tables_with(CANARY) == set()
    assert CANARY.encode() not in dump()
    assert not any(CANARY.encode() in path.read_bytes() for path in kept.rglob("*") if path.is_file())
    assert log_lines.leaks([CANARY]) == []
    assert wrong() == before
    assert sorted(row.digest for row in said.mastery.all()) == decided
    assert (Evidence.objects.count(), Submission.objects.count(), Artifact.objects.count()) == (2, 1, 1)
    assert LearnerName.objects.filter(learner=said).exists()
    assert erase_words_about(said).texts == 0


def test_the_command_asks_first(
    said: Learner, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("builtins.input", lambda _words: "no")
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("erase_words", said.learner_number)
    assert tables_with(CANARY)

    monkeypatch.setattr("builtins.input", lambda _words: said.learner_number)
    call_command("erase_words", said.learner_number, "--json")

    assert '"ok": true' in capsys.readouterr().out
    assert tables_with(CANARY) == set()


def test_a_number_that_nobody_has_is_said(school: Organization) -> None:
    with pytest.raises(CommandError, match="No learner has the number 17"):
        call_command("erase_words", "17", "--yes")
