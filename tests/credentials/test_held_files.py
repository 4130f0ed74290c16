"""The table in docs/verifying.md: a folder of files as people hold them, each with its verdict and who vouches.

`CAIRN_WRITE_VERDICTS=1` writes what is answered today into the document; the change is then read and committed.
"""

import os
from datetime import timedelta

import pytest

from core import clock
from credentials.models import Issuer as OurIssuer
from credentials.papers.actions import certificate_pdf
from credentials.verification.formats.presented_files import NotOpenedError, Unopened
from credentials.verification.queries.verifications import verification_of_file, verification_of_words
from credentials.verification.rules.verdicts import Verification
from tests.conftest import ROOT
from tests.core.outbound.servers import Elsewhere
from tests.credentials.awarded import issuer, new_credential
from tests.credentials.held_files import encrypted, ours, theirs, typed
from tests.credentials.test_verify_table import world

__all__ = ["issuer", "world"]  # fixtures, borrowed

pytestmark = pytest.mark.django_db

DOCUMENT = ROOT / "docs" / "verifying.md"
BEGIN, END = "<!-- folder -->", "<!-- end of folder -->"
WRITES = os.environ.get("CAIRN_WRITE_VERDICTS") == "1"
HEAD = ["| what somebody holds | verdict | issuer | file |", "| --- | --- | --- | --- |"]


def row(name: str, answer: Verification) -> str:
    """One line of the table; of several records the verdicts and issuers in their order."""
    members = answer.members or (answer,)
    verdicts, issuers = (
        ", ".join(words)
        for words in zip(*((member.verdict.value, member.issuer.known.value) for member in members), strict=True)
    )
    file = "" if answer.file is None else f"{answer.file.kind.value}{', as delivered' * answer.file.delivered}"
    return f"| {name} | {verdicts} | {issuers} | {file} |"


def test_the_folder_is_answered_as_the_document_says(
    issuer: OurIssuer, world: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = ours(issuer, monkeypatch)
    later = clock.now() + timedelta(days=301)
    asked_for_ours = [
        row(name, verification_of_file(content, at=later if "expired" in name else clock.now()))
        for name, content in own.items()
    ]
    words = typed(new_credential(issuer, title="Scones"))
    asked_for_ours += [row(name, verification_of_words(text, at=clock.now())) for name, text in words.items()]
    assert world.asked == []
    others = [row(name, verification_of_file(content, at=clock.now())) for name, content in theirs(world).items()]

    lines = [*HEAD, *asked_for_ours, *others]

    before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
    written, after = rest.split(END)
    if WRITES:
        DOCUMENT.write_text(f"{before}{BEGIN}\n{chr(10).join(lines)}\n{END}{after}", encoding="utf-8")
        return
    assert written.strip().splitlines() == lines


def test_a_pdf_under_a_password_is_refused_in_words(issuer: OurIssuer) -> None:
    pdf = certificate_pdf(new_credential(issuer), at=clock.now())

    with pytest.raises(NotOpenedError) as refused:
        verification_of_file(encrypted(pdf), at=clock.now())

    assert refused.value.why is Unopened.ENCRYPTED
