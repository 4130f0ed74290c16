"""Credentials and transcripts made before both became documents are answered, shared and replaced as they were.

`before_documents.sql.gz` is a dump of the demo with three learners, made by the commit before. Among its documents are
a revoked one, one that was replaced twice, one that lost its bytes, one that waits for its signature, transcripts that
were corrected while they were shared, an erased one, and one that was shared by a record that is no longer linked.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

from credentials.models import Credential, Document, GrantItem, Transcript
from tests.portal.public_answers import public_answers
from tests.portal.restored import bring_up_to_date, restored_dump

ANSWERS = Path(__file__).with_name("answers_before_documents.json")
SIGNED_BEFORE = "SELECT id, public_id, content, digest, state FROM credentials_credential ORDER BY id"


@pytest.fixture(scope="module")
def signed_before(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[Any]]:
    """The rows of credentials as the dump has them; the default connection leads to its migrated copy."""
    with django_db_blocker.unblock(), restored_dump("before_documents"):
        with connection.cursor() as cursor:
            cursor.execute(SIGNED_BEFORE)
            rows = cursor.fetchall()
        bring_up_to_date()
        yield rows


def test_no_migration_is_missing(signed_before: list[Any]) -> None:
    executor = MigrationExecutor(connection)

    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_signed_bytes_and_keys_are_what_they_were(signed_before: list[Any]) -> None:
    after = Credential.objects.order_by("pk").values_list("pk", "public_id", "content", "digest", "state")

    assert len(signed_before) > 10
    assert [tuple(map(_plain, row)) for row in after] == [tuple(map(_plain, row)) for row in signed_before]


def test_outsiders_are_answered_what_they_were_answered(signed_before: list[Any]) -> None:
    before = json.loads(ANSWERS.read_text(encoding="utf-8"))
    answers = public_answers()

    assert answers.keys() == before.keys()
    assert {asked: _known_before(answers[asked], answer) for asked, answer in before.items()} == before


def _known_before(answer: Any, before: Any) -> Any:
    """An answer without the members that answers have gained since."""
    return {name: answer.get(name) for name in before} if isinstance(before, dict) else answer


def test_each_transcript_has_its_state_and_its_successor(signed_before: list[Any]) -> None:
    rows = list(Transcript.objects.order_by("pk"))
    replaced_at = {row.supersedes_id: row.issued_at for row in rows if row.supersedes_id}

    assert [(row.state, row.superseded_at) for row in rows] == [
        ("superseded", replaced_at[row.pk]) if row.pk in replaced_at else ("stored", None) for row in rows
    ]
    assert sorted((row.official, row.content is None) for row in rows) == [
        (False, False), (False, True), (True, False), (True, False), (True, False), (True, False),
    ]  # fmt: skip


def test_what_was_shared_is_shared(signed_before: list[Any]) -> None:
    kinds = set(Document.objects.filter(grant_items__isnull=False).values_list("kind", flat=True))
    follows = GrantItem.objects.exclude(follows=None).select_related("transcript", "follows")

    assert (kinds, GrantItem.objects.count()) == ({"transcript"}, 8)
    assert all(item.transcript.supersedes_id == item.follows.transcript_id for item in follows if item.follows)


def test_integrity_finds_nothing_but_what_waited_before(signed_before: list[Any]) -> None:
    (waiting,) = [public_id for _pk, public_id, _content, _digest, state in signed_before if state == "prepared"]

    with pytest.raises(CommandError) as found:
        call_command("check_integrity", verbosity=0)

    assert str(found.value) == f"credentials: Credential {waiting} was prepared and never signed."


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


SPOILING = """
CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind = 'transcript' AND NOT NEW.official AND NEW.content IS NOT NULL THEN
        NEW.content := 'other bytes'::bytea;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER spoil BEFORE INSERT ON credentials_document FOR EACH ROW EXECUTE FUNCTION spoil();
ALTER TABLE credentials_document ENABLE ALWAYS TRIGGER spoil;
"""


def test_the_migration_stops_at_a_copy_that_differs(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock(), restored_dump("before_documents"), connection.cursor() as cursor:
        cursor.execute("SELECT public_id FROM credentials_transcript WHERE kind = 'own' AND content IS NOT NULL")
        ((own,),) = cursor.fetchall()
        call_command("migrate", "credentials", "0010", verbosity=0)
        cursor.execute(SPOILING)

        with pytest.raises(DatabaseError, match=f"not copied as they were: {own}"):
            call_command("migrate", "credentials", "0011", verbosity=0)

        cursor.execute("SELECT count(*) FROM credentials_document WHERE kind = 'transcript'")
        assert cursor.fetchone() == (0,)
