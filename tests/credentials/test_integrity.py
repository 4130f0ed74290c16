"""Harm done behind the back of every guard is found and named; a whole installation has no problem."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from accounts.models import User
from credentials.badges.formats.status_list import bits_of, encoded_list
from credentials.integrity import problems
from credentials.issuing.actions.reissuing import reissue
from credentials.models import Credential, Issuer, IssueReason, IssuerKey, StatusList
from credentials.verification.formats.foreign import verify
from programs.models import Award
from tests.credentials.awarding import paper_of, work_off


@pytest.fixture
def papers(award: Award, issuer: Issuer, registrar: User) -> list[Credential]:
    """A paper that was replaced, and the one that replaced it."""
    first = paper_of(award)
    reissue(first, reason=IssueReason.CORRECTION, by=registrar)
    work_off()
    return list(Credential.objects.order_by("pk"))


def unguarded(table: str, statement: str, values: list[Any]) -> None:
    """Change rows with every trigger of the table off, as somebody with the owner's rights could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def one_byte(paper: Credential) -> None:
    content = bytes(paper.content or b"").replace(b'"name":"Bread"', b'"name":"Broad"', 1)
    unguarded(
        "credentials_document",
        "UPDATE credentials_document SET content = %s WHERE id = %s",
        [content, paper.pk],
    )


def name_on_paper(paper: Credential) -> None:
    unguarded("credentials_document", "UPDATE credentials_document SET name = 'Somebody' WHERE id = %s", [paper.pk])


def back_in_force(paper: Credential) -> None:
    unguarded(
        "credentials_document",
        """
        UPDATE credentials_document SET state = 'revoked', revoked_at = now() - interval '1 hour',
        revocation_class = 'holders_wish' WHERE id = %s
        """,
        [paper.pk],
    )


def status_bit(_paper: Credential) -> None:
    row = StatusList.objects.get()
    document = json.loads(bytes(row.content or b""))
    document["credentialSubject"]["encodedList"] = encoded_list(bits_of({5}, length=131_072))
    StatusList.objects.filter(pk=row.pk).update(content=json.dumps(document).encode())


def another_award(paper: Credential) -> None:
    unguarded("programs_award", "UPDATE programs_award SET awarded_on = '2026-03-20' WHERE id = %s", [paper.award_id])


def destroyed_key(paper: Credential) -> None:
    IssuerKey.objects.filter(pk=paper.key.pk).update(sealed=b"\x01" + bytes(60))


HARM: dict[str, tuple[Callable[[Credential], None], tuple[str, ...]]] = {
    "one byte of a document": (
        one_byte,
        ("Credential {id} holds other bytes than its digest says.",
         "Credential {id} has a proof that does not fit its document.",
         "Credential {id} embeds another definition of its achievement than is published."),
    ),
    "the name on a paper": (name_on_paper, ("Credential {id} carries another name than its digest says.",)),
    "a state without its bit": (
        back_in_force,
        ("Credential {id} ended, but its bit in status list {list} is not set.",),
    ),
    "the day of an award": (
        another_award,
        ("Credential {before} was signed with another day of the award than its row has.",
         "Credential {id} was signed with another day of the award than its row has."),
    ),
    "a private key": (destroyed_key, ("Signing key {key} does not open under CAIRN_KEY_SECRET.",)),
}  # fmt: skip


def found() -> list[str]:
    return list(problems(at=datetime.now(UTC) + timedelta(minutes=2)))


def test_a_whole_installation_has_no_problem(papers: list[Credential]) -> None:
    assert found() == []


@pytest.mark.parametrize("name", HARM)
def test_harm_is_found_and_named(papers: list[Credential], name: str) -> None:
    harm, sentences = HARM[name]
    before, paper = papers
    harm(paper)

    names = {
        "id": paper.public_id,
        "before": before.public_id,
        "list": paper.status_list.public_id,
        "key": paper.key.public_id,
    }
    assert found() == [sentence.format(**names) for sentence in sentences]


def test_a_status_bit_that_was_changed_is_found_and_named(papers: list[Credential]) -> None:
    before, paper = papers
    status_bit(paper)
    name = f"Status list {paper.status_list.public_id}"

    assert found() == [
        f"{name} holds other bytes than its digest says.",
        f"{name} has a proof that does not fit its document.",
        f"{name} has bit 5 set, which no ended credential has.",
        f"Credential {before.public_id} ended, but its bit in status list {paper.status_list.public_id} is not set.",
    ]


def test_a_successor_that_vanished_is_found(papers: list[Credential]) -> None:
    unguarded(
        "credentials_document", "UPDATE credentials_document SET supersedes_id = NULL WHERE id = %s", [papers[1].pk]
    )

    assert found() == [f"Credential {papers[0].public_id} was replaced, but by nothing."]


def test_what_waits_too_long_is_found(award: Award, issuer: Issuer) -> None:
    assert f"Award {award.public_id} stands, but there is no credential of it." in list(
        problems(at=datetime.now(UTC) + timedelta(hours=1))
    )


def test_the_escrow_verifies_without_us(papers: list[Credential], tmp_path: Path) -> None:
    call_command("export_credentials", str(tmp_path / "escrow"), verbosity=0)
    folder = tmp_path / "escrow"
    index = json.loads((folder / "index.json").read_text())

    def fetch(url: str) -> bytes:
        return Path(folder, index[url]).read_bytes()

    verdicts = {
        paper.state: [check.passed for check in verify(fetch(paper.url), fetch, at=datetime.now(UTC))]
        for paper in papers
    }
    assert verdicts == {"superseded": [True] * 8 + [False], "signed": [True] * 9}
    assert sorted(index.values()) == sorted(path.name for path in folder.iterdir() if path.name != "index.json")


def test_the_escrow_overwrites_nothing_else(tmp_path: Path, db: None) -> None:
    (tmp_path / "letter.txt").write_text("dear")

    with pytest.raises(CommandError, match="something else"):
        call_command("export_credentials", str(tmp_path))
