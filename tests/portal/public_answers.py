"""What outsiders are answered about every document of a database, as plain values that two versions of Cairn compare.

`answers_before_documents.json` was written by this module in the version that made `before_documents.sql.gz`.
"""

import hashlib
import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client
from oauth2_provider.models import AccessToken

from accounts.models import PartnerClient
from core import clock
from credentials.issuing.queries.escrow import exported_files
from credentials.models import Credential, StatusList, Transcript
from credentials.rules.codes import in_groups, printed_serial
from credentials.verification.queries.our_documents import verification_of_code
from credentials.verification.queries.verifications import verification_of_document

AT = datetime(2026, 12, 1, tzinfo=UTC)  # an answer may not change because an award lapses some day


def public_answers() -> dict[str, Any]:
    """Each address, code, serial, file of the escrow and answer of the partner API, by what was asked."""
    return {**_addresses(), **_escrow(), **_checks(), **_partner_answers()}


def _addresses() -> dict[str, Any]:
    credentials = Credential.objects.order_by("public_id").values_list("public_id", flat=True)
    lists = StatusList.objects.order_by("public_id").values_list("public_id", flat=True)
    paths = [f"/credentials/{key}" for key in credentials] + [f"/status/{key}" for key in lists]
    return {path: _answer(Client().get(path, headers={"accept": "*/*"})) for path in paths}


def _escrow() -> dict[str, Any]:
    return {f"escrow {file.url}": _digest(file.content) for file in exported_files()}


def _checks() -> dict[str, Any]:
    codes = [in_groups(row.code) for row in Credential.objects.select_related("code_row").order_by("public_id")]
    transcripts = list(Transcript.objects.order_by("public_id"))
    typed = [*codes, *(printed_serial(row.serial) for row in transcripts)]
    presented = [bytes(row.content) for row in transcripts if row.content is not None]
    asked = {f"code {code}": verification_of_code(code, at=AT) for code in typed}
    asked |= {f"document {_digest(content)}": verification_of_document(content, at=AT) for content in presented}
    return {question: json.loads(json.dumps(asdict(answer), default=str)) for question, answer in asked.items()}


def _partner_answers() -> dict[str, Any]:
    headers = {"authorization": f"Bearer {_token()}"}
    transcripts = Transcript.objects.order_by("public_id").values_list("public_id", flat=True)
    credentials = Credential.objects.order_by("public_id").values_list("public_id", flat=True)
    paths = [
        "/api/v1/transcripts/",
        "/api/v1/transcripts/?limit=1",
        *(f"/api/v1/transcripts/{key}" for key in transcripts),
        *(f"/api/v1/credentials/{key}" for key in credentials),
    ]
    return {path: _answer(Client().get(path, headers=headers)) for path in paths}


def _token() -> str:
    token = "t-nG3kP0aZ7yQw5sXr9TbVu2LmHc4EjD"
    row = AccessToken(
        application=PartnerClient.objects.get(), expires=clock.now() + timedelta(hours=1), scope="read", token=""
    )
    row._raw_token = token
    row.save()
    return token


def _answer(response: Any) -> dict[str, Any]:
    """The answer; of a page, which is drawn anew for each visitor, not what stands on it."""
    page = response.headers.get("content-type", "").startswith("text/html")
    return {
        "status": response.status_code,
        "type": response.headers.get("content-type", ""),
        "etag": response.headers.get("etag", ""),
        "body": "" if page else _digest(response.content),
    }


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
