"""What we sign is accepted by verifiers that share nothing with us, and what was tampered with is not."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from credentials.badges.formats.data_integrity import bytes_of, proof_options, signed
from credentials.badges.formats.multikey import base58 as written_as_base58
from credentials.badges.formats.status_list import list_document
from credentials.issuing.formats.did_web import did_document
from tests.conftest import ROOT
from tests.credentials.papers import CREDENTIAL_FACTS, DID, ISSUED, METHOD, ORIGIN, SIGNER, badge
from tests.credentials.test_signed_bytes import GOLDEN
from tests.external.canonical import base58
from tests.external.tampering import TAMPERINGS


def export(folder: Path) -> None:
    """Some papers as `manage.py export_credentials` would write them; the last one was revoked."""
    now = datetime.now(UTC).replace(microsecond=0)
    documents: dict[str, Any] = {f"{ORIGIN}/issuers/lakeside/did.json": did_document(DID, _keys())}
    for place, (facts, _proof, _digest) in enumerate(GOLDEN.values()):
        paper = dataclasses.replace(CREDENTIAL_FACTS, url=f"{ORIGIN}/credentials/{place}", status_index=place)
        documents[paper.url] = signed(badge(facts, paper), SIGNER)
    unsigned = list_document(
        url=CREDENTIAL_FACTS.status_list_url,
        did=DID,
        indexes={len(GOLDEN) - 1},
        length=131_072,
        signed_at=ISSUED,
        valid_until=now + timedelta(days=7),
    )
    documents[CREDENTIAL_FACTS.status_list_url] = signed(
        {**unsigned, "proof": proof_options(METHOD, created=ISSUED)}, SIGNER
    )
    index = {url: f"{place}.json" for place, url in enumerate(documents)}
    for url, name in index.items():
        (folder / name).write_bytes(bytes_of(documents[url]))
    (folder / "index.json").write_text(json.dumps(index))


def _keys() -> list[tuple[str, str]]:
    return [(METHOD.partition("#")[2], SIGNER.multibase)]


def test_there_are_twenty_kinds_of_tampering_and_each_changes_something() -> None:
    document = signed(badge(), SIGNER)

    assert len(TAMPERINGS) == 20
    for name, change in TAMPERINGS.items():
        changed = json.loads(json.dumps(document))
        change(changed)
        assert changed != document, name


def test_a_signature_that_begins_with_a_zero_is_read_whole() -> None:
    """One in 256 does."""
    signature = bytes([0, 0, *range(62)])

    assert base58("z" + written_as_base58(signature)) == signature


@pytest.mark.long
def test_independent_verifiers_accept_it(tmp_path: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("needs node and npm")
    export(tmp_path)
    ran = subprocess.run(
        [sys.executable, "-m", "tests.external"],
        cwd=ROOT,
        env={**os.environ, "EXPORT": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "3 accepted, 1 reported as ended" in ran.stdout
