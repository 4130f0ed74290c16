"""What the database refuses of sharing, whoever asks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Learner, Organization
from core import clock
from credentials.models import DocumentKind, DocumentState, GrantItem, Transcript
from credentials.transcripts.actions.transcripts import supersede_transcript
from tests.credentials.sharing_places import new_partner, new_transcript, shared
from tests.recipes import institution

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def school(db: None) -> Organization:
    college: Organization = institution.make()
    return college


def item(**fields: Any) -> GrantItem:
    """A further item of a new grant, over another transcript of the same learner."""
    first = new_transcript()
    grant, _token = shared(first, None)
    plain = {
        "learner": first.learner,
        "grant": grant,
        "transcript": new_transcript(first.learner),
        "covered_at": clock.now(),
    }
    return GrantItem.objects.create(**{**plain, **fields})


def followed(*, agreed: bool) -> GrantItem:
    """The transcript that takes another's place, under a grant that may not have said so."""
    first = new_transcript()
    grant, _token = shared(first, None, and_successors=agreed)
    newer = supersede_transcript(first, by=None, at=clock.now())
    before = GrantItem.objects.get(grant=grant, transcript=first)
    return GrantItem.objects.create(
        learner=first.learner,
        grant=grant,
        transcript=newer,
        covered_at=clock.now(),
        follows=before,
        and_successors=True,
    )


def again() -> GrantItem:
    transcript = new_transcript()
    grant, _token = shared(transcript, None)
    return GrantItem.objects.create(
        learner=transcript.learner, grant=grant, transcript=transcript, covered_at=clock.now()
    )


def followed_without_agreeing() -> GrantItem:
    first = new_transcript()
    grant, _token = shared(first, None, and_successors=True)
    before = GrantItem.objects.get(grant=grant)
    newer = Transcript.objects.create(
        learner=first.learner,
        kind=DocumentKind.TRANSCRIPT,
        state=DocumentState.STORED,
        reason="correction",
        supersedes=first,
        content=b"{}",
        digest=first.digest,
        issued_at=clock.now(),
    )
    return GrantItem.objects.create(
        learner=first.learner, grant=grant, transcript=newer, covered_at=clock.now(), follows=before
    )


def of_a_replaced_one() -> GrantItem:
    first = new_transcript()
    grant, _token = shared(first, None)
    other = new_transcript(first.learner)
    supersede_transcript(other, by=None, at=clock.now())
    return GrantItem.objects.create(learner=first.learner, grant=grant, transcript=other, covered_at=clock.now())


def of_another_kind() -> GrantItem:
    first = new_transcript()
    grant, _token = shared(first, None)
    statement = Transcript.objects.create(
        learner=first.learner,
        kind=DocumentKind.STATEMENT,
        state=DocumentState.STORED,
        reason="first",
        content=b"{}",
        digest=first.digest,
        issued_at=clock.now(),
    )
    return GrantItem.objects.create(learner=first.learner, grant=grant, transcript=statement, covered_at=clock.now())


BREACHES: list[tuple[str, Callable[[], object]]] = [
    ("grant_item_is_the_grants_own", of_another_kind),
    ("grant_item_is_the_grants_own", lambda: item(transcript=new_transcript())),
    ("grant_item_is_the_grants_own", lambda: item(learner=new_transcript().learner)),
    ("grant_item_is_the_grants_own", lambda: item(organization=new_partner())),
    ("grant_item_is_the_grants_own", lambda: item(grant=shared(new_transcript(), None)[0])),
    ("grant_item_is_the_grants_own", lambda: followed(agreed=False)),
    ("grant_item_is_the_grants_own", lambda: item(follows=item(), and_successors=True)),
    ("grant_item_of_a_transcript_in_force", of_a_replaced_one),
    ("grant_item_covers_once", again),
    ("grant_item_covers_once", lambda: followed(agreed=True)),
    ("grant_item_follows_where_agreed", followed_without_agreeing),
]


@pytest.mark.parametrize(("name", "breach"), BREACHES, ids=[name for name, _breach in BREACHES])
def test_the_database_refuses(name: str, breach: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError) as refused:
        breach()

    assert refused.value.__cause__.diag.constraint_name == name  # type: ignore[union-attr]  # psycopg's error


def test_no_named_rule_goes_untried() -> None:
    named = {constraint.name for constraint in GrantItem._meta.constraints} | {"grant_item_is_the_grants_own"}

    assert named - {name for name, _breach in BREACHES} == set()


def test_what_is_shared_stays_as_it_was_given() -> None:
    item()

    for change in (lambda: GrantItem.objects.update(and_successors=True), lambda: GrantItem.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_grant_of_a_linked_record_covers_the_persons_transcripts() -> None:
    first = new_transcript()
    other = new_transcript()
    Learner.objects.filter(pk=other.learner_id).update(same_as=first.learner)
    grant, _token = shared(first, None)

    made = GrantItem.objects.create(learner=first.learner, grant=grant, transcript=other, covered_at=clock.now())

    assert made.pk
