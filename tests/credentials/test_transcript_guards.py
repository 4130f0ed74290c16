"""What the database refuses of transcripts, their serials and printed papers, whoever asks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Organization
from core import clock
from credentials.models import Printing, Transcript, TranscriptSerial
from credentials.transcripts.actions.printing import transcript_pdf
from tests.credentials.sharing_places import new_transcript
from tests.recipes import institution

pytestmark = pytest.mark.django_db

SERIAL = "T0000000000000"


@pytest.fixture(autouse=True)
def school(db: None) -> Organization:
    college: Organization = institution.make()
    return college


def transcript(**fields: Any) -> Transcript:
    """A row beside one that was made."""
    made = new_transcript()
    plain = {"learner": made.learner, "kind": "own", "content": b"{}", "digest": made.digest, "made_at": made.made_at}
    return Transcript.objects.create(**{**plain, **fields})


def serial(**fields: Any) -> TranscriptSerial:
    row = transcript()
    return TranscriptSerial.objects.create(**{"learner": row.learner, "transcript": row, "serial": SERIAL, **fields})


def printing(**fields: Any) -> Printing:
    row = new_transcript()
    plain = {"learner": row.learner, "digest": row.digest, "design": "1", "content": b"%PDF", "made_at": row.made_at}
    return Printing.objects.create(**{**plain, **fields})


def printed_twice() -> Printing:
    first = printing()
    return printing(learner=first.learner, digest=first.digest)


BREACHES: list[tuple[str, Callable[[], object]]] = [
    ("transcript_kind_is_known", lambda: transcript(kind="draft")),
    ("transcript_has_a_digest", lambda: transcript(digest="c1:")),
    ("transcript_supersedes_another", lambda: transcript(pk=7_000_000, supersedes_id=7_000_000)),
    ("transcript_erased_at_an_instant", lambda: transcript(content=None)),
    ("transcript_erased_at_an_instant", lambda: transcript(erased_at=clock.now())),
    ("transcript_serial_is_well_formed", lambda: serial(serial="T-000-0000")),
    ("transcript_serial_is_well_formed", lambda: serial(serial="TI000000000000")),
    ("transcript_serial_is_one", lambda: (serial(), serial())),
    ("printing_has_a_digest", lambda: printing(digest="")),
    ("printing_once_per_facts_and_design", printed_twice),
]


@pytest.mark.parametrize(("name", "breach"), BREACHES, ids=[name for name, _breach in BREACHES])
def test_the_database_refuses(name: str, breach: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError) as refused:
        breach()

    assert refused.value.__cause__.diag.constraint_name == name  # type: ignore[union-attr]  # psycopg's error


def test_no_named_rule_goes_untried() -> None:
    named = {rule.name for model in (Transcript, TranscriptSerial, Printing) for rule in model._meta.constraints}

    assert named == {name for name, _breach in BREACHES}


def test_two_transcripts_do_not_take_the_place_of_the_same_one() -> None:
    before = new_transcript()
    transcript(learner=before.learner, supersedes=before)

    with pytest.raises(IntegrityError, match="supersedes_id"):
        transcript(learner=before.learner, supersedes=before)


@pytest.mark.parametrize(
    "change",
    [
        lambda row: Transcript.objects.filter(pk=row.pk).update(made_at=clock.now()),
        lambda row: Transcript.objects.filter(pk=row.pk).update(learner=new_transcript().learner),
        lambda row: Transcript.objects.filter(pk=row.pk).update(supersedes=new_transcript()),
        lambda row: Transcript.objects.filter(pk=row.pk).update(content=b"[]"),
        lambda row: TranscriptSerial.objects.filter(transcript=row).update(learner=new_transcript().learner),
        lambda row: TranscriptSerial.objects.filter(transcript=row).delete(),
    ],
)
def test_a_trigger_keeps_what_was_made(change: Callable[[Transcript], object]) -> None:
    row = new_transcript()

    with pytest.raises(IntegrityError), transaction.atomic():
        change(row)

    assert bytes(Transcript.objects.get(pk=row.pk).content or b"") == bytes(row.content or b"")


def test_what_was_erased_does_not_come_back() -> None:
    row = new_transcript()
    Transcript.objects.filter(pk=row.pk).update(content=None, erased_at=clock.now())

    with pytest.raises(IntegrityError), transaction.atomic():
        Transcript.objects.filter(pk=row.pk).update(content=row.content, erased_at=None)


def test_a_printing_is_a_copy_that_may_go() -> None:
    row = new_transcript()
    transcript_pdf(row, at=clock.now())

    assert Printing.objects.all().delete()[0] == 1
    assert transcript_pdf(row, at=clock.now())[:5] == b"%PDF-"
