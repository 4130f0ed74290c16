"""What the database refuses of transcripts, their serials and printed papers, whoever asks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Organization
from core import clock
from credentials.models import DocumentCode, DocumentKind, DocumentState, Printing, Transcript
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
    plain = {
        "learner": made.learner,
        "kind": DocumentKind.TRANSCRIPT,
        "official": False,
        "state": DocumentState.STORED,
        "reason": "first",
        "content": b"{}",
        "digest": made.digest,
        "issued_at": made.issued_at,
    }
    row: Transcript = Transcript.objects.create(**{**plain, **fields})
    return row


def serial(**fields: Any) -> DocumentCode:
    row = transcript()
    return DocumentCode.objects.create(**{"learner": row.learner, "document": row, "code": SERIAL, **fields})


def printing(**fields: Any) -> Printing:
    row = new_transcript()
    plain = {"learner": row.learner, "digest": row.digest, "design": "1", "content": b"%PDF", "made_at": row.issued_at}
    return Printing.objects.create(**{**plain, **fields})


def printed_twice() -> Printing:
    first = printing()
    return printing(learner=first.learner, digest=first.digest)


BREACHES: list[tuple[str, Callable[[], object]]] = [
    ("document_kind_is_known", lambda: transcript(kind="draft")),
    ("document_has_an_award_by_its_kind", lambda: transcript(kind="badge", name="Ada")),
    ("document_has_an_award_by_its_kind", lambda: transcript(holder_bound=True)),
    ("document_signer_is_whole", lambda: transcript(kind="clr")),
    ("document_signer_is_whole", lambda: transcript(prepared_at=clock.now())),
    ("document_name_has_a_digest", lambda: transcript(name="Ada")),
    ("document_digest_fits_its_state", lambda: transcript(digest="c1:")),
    ("document_digest_fits_its_state", lambda: transcript(prepared={})),
    ("document_digest_fits_its_state", lambda: transcript(signed_at=clock.now())),
    ("document_replaces_of_its_kind", lambda: transcript(pk=7_000_000, supersedes_id=7_000_000)),
    ("document_begins_prepared_or_stored", lambda: transcript(state="superseded")),
    ("document_erased_at_an_instant", lambda: transcript(content=None)),
    ("document_erased_at_an_instant", lambda: transcript(erased_at=clock.now())),
    ("document_code_is_well_formed", lambda: serial(code="T-000-0000")),
    ("document_code_is_well_formed", lambda: serial(code="TI000000000000")),
    ("document_code_is_one", lambda: (serial(), serial())),
    ("printing_has_a_digest", lambda: printing(digest="")),
    ("printing_once_per_facts_and_design", printed_twice),
]


@pytest.mark.parametrize(("name", "breach"), BREACHES, ids=[name for name, _breach in BREACHES])
def test_the_database_refuses(name: str, breach: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError) as refused:
        breach()

    assert refused.value.__cause__.diag.constraint_name == name  # type: ignore[union-attr]  # psycopg's error


def test_no_named_rule_of_printings_goes_untried() -> None:
    assert {rule.name for rule in Printing._meta.constraints} <= {name for name, _breach in BREACHES}


def test_two_transcripts_do_not_take_the_place_of_the_same_one() -> None:
    before = new_transcript()
    transcript(learner=before.learner, supersedes=before)

    with pytest.raises(IntegrityError, match="document_superseded_by_one"):
        transcript(learner=before.learner, supersedes=before)


@pytest.mark.parametrize(
    "change",
    [
        lambda row: Transcript.objects.filter(pk=row.pk).update(issued_at=clock.now()),
        lambda row: Transcript.objects.filter(pk=row.pk).update(learner=new_transcript().learner),
        lambda row: Transcript.objects.filter(pk=row.pk).update(supersedes=new_transcript()),
        lambda row: Transcript.objects.filter(pk=row.pk).update(content=b"[]"),
        lambda row: Transcript.objects.filter(pk=row.pk).update(official=False),
        lambda row: Transcript.objects.filter(pk=row.pk).update(state="signed"),
        lambda row: Transcript.objects.filter(pk=row.pk).delete(),
        lambda row: DocumentCode.objects.filter(document=row).update(learner=new_transcript().learner),
        lambda row: DocumentCode.objects.filter(document=row).delete(),
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
