"""The verify page in a browser: what a file answers, on the screen and on the phone, from left and from right."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core import clock
from credentials.models import Credential
from credentials.models import Issuer as OurIssuer
from credentials.papers.actions import certificate_pdf
from tests.conftest import LONG
from tests.credentials.awarded import issuer, new_credential
from tests.credentials.strangers import (
    Issuer,
    Json,
    by_key,
    credential,
    ed25519,
    instant,
    pdf_with,
    presentation,
    proven,
)
from tests.journeys.conftest import WIDTHS, Visitor
from tests.journeys.looks import faults_of

__all__ = ["issuer"]  # a fixture, borrowed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Visitor]
ED = Issuer(ed25519(), *by_key(ed25519()))
# In Arabic `make test` looks at the answers that people must not misread, `make test-long` at all.
IN_EVERY_LANGUAGE = {"forged-pages", "borrowed-name"}


@pytest.fixture
def held(transactional_db: None, issuer: OurIssuer) -> Credential:
    return new_credential(issuer)


def signed(**changes: Any) -> Json:
    at = clock.now()
    return proven(credential(ED, at=at, **changes), ED, "eddsa-rdfc-2022", at=at)


def files(held: Credential) -> dict[str, bytes]:
    record, good = bytes(held.content or b""), signed()
    borrowed = {"id": ED.name, "type": ["Profile"], "name": held.issuer.name}
    documents = {
        "stranger": good,
        "borrowed-name": signed(issuer=borrowed),
        "altered": {**good, "name": "Master"},
        "expired": signed(validUntil=instant(held.issued_at)),
        "unsigned": {name: value for name, value in good.items() if name != "proof"},
    }
    return {
        "delivered": certificate_pdf(held, at=clock.now()),
        "forged-pages": pdf_with(record),
        "two-presented": presentation(good, signed(name="Second")),
        **{name: json.dumps(document).encode() for name, document in documents.items()},
    }


def answered(page: Page, file: Path) -> Page:
    page.set_input_files("#id_file", file)
    page.locator("form[enctype] button[type=submit]").click()
    expect(page.locator("h2").first).to_be_visible()
    return page


@pytest.mark.parametrize("language", ["en", "ar"])
def test_each_answer_reads_well_in_every_width(visit: Visit, held: Credential, tmp_path: Path, language: str) -> None:
    faults: list[str] = []

    for name, content in files(held).items():
        if language != "en" and name not in IN_EVERY_LANGUAGE and not LONG:
            continue
        file = tmp_path / name
        file.write_bytes(content)
        page = answered(visit(language=language).open("/verify/"), file)
        for width, (across, down) in WIDTHS.items():
            page.set_viewport_size({"width": across, "height": down})
            faults += faults_of(page, f"verify-{name}-{width}-{language}")
        page.close()

    assert faults == []
