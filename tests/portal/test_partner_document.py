"""docs/partners.md is true: its lines run, in their order, against a server that holds one shared transcript."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from accounts.actions.partners import make_partner_client
from accounts.actions.sharing_grants import withdraw_sharing_grant
from accounts.models import Disclosure
from core import clock
from tests.conftest import ROOT
from tests.credentials.awarded import issuer, new_credential
from tests.credentials.sharing_places import AT, new_partner, new_transcript, shared

__all__ = ["issuer"]  # a fixture, borrowed

BLOCKS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "---- block"


def blocks() -> list[str]:
    return BLOCKS.findall((ROOT / "docs" / "partners.md").read_text(encoding="utf-8"))


def run(folder: Path, address: str, *, lines_of: Sequence[str] = ()) -> list[str]:
    """What each block of the document (or of `lines_of`) prints; the blocks are one session."""
    lines = "\n".join(f"echo '{MARK}'\n{block}\necho" for block in lines_of or blocks())
    script = f"set -euo pipefail\n{lines}"
    environment = {**os.environ, "CAIRN": address, "PARTNER_KEY": str(folder / "partner-key"), "no_proxy": "*"}
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return [part.strip() for part in done.stdout.split(MARK)[1:]]


@pytest.fixture
def partner(tmp_path: Path) -> Any:
    acme = new_partner()
    client, secret = make_partner_client(acme, name="Acme HR", by=None, at=AT)
    tmp_path.joinpath("partner-key").write_text(f"CLIENT_ID={client.client_id}\nCLIENT_SECRET={secret}\n")
    return acme


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.django_db(transaction=True)
def test_the_lines_run_as_they_stand(live_server: Any, tmp_path: Path, issuer: Any, partner: Any) -> None:
    credential = new_credential(issuer)
    transcript = new_transcript(credential.learner)
    grant, _token = shared(transcript, partner)

    said = run(tmp_path, live_server.url)

    _key, _token, listed, since, read, again, named, verified, programs = said
    assert [json.loads(page)["results"][0]["id"] for page in (listed, since)] == [str(transcript.public_id)] * 2
    assert json.loads(read) == transcript.facts
    assert tmp_path.joinpath("transcript.pdf").read_bytes().startswith(b"%PDF-")
    assert again == "304"
    assert json.loads(named) == credential.document
    assert json.loads(verified)["verdict"] == "valid"
    assert json.loads(programs)["results"] == []
    kinds = [(row.act, row.status) for row in Disclosure.objects.order_by("pk")]
    assert sorted(set(kinds)) == [("download", 200), ("list", 200), ("read", 200), ("read", 304)]

    withdraw_sharing_grant(grant, at=clock.now())
    before = Disclosure.objects.count()
    with pytest.raises(AssertionError):  # nothing is listed any more
        run(tmp_path, live_server.url)
    assert Disclosure.objects.count() == before
