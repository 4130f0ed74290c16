"""How the verify page answers: what people type, two answers kept apart, and nothing that only looks like ours."""

import base64
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from core import clock
from credentials.models import Credential, DeliveredFile, Issuer
from credentials.papers.actions import certificate_pdf
from credentials.papers.queries import check_place, check_url
from credentials.rules.codes import CHECKS, code_of, in_groups, normalized, normalized_serial, printed_serial
from credentials.verification.formats.presented_files import MAX_FILE_BYTES
from credentials.verification.queries.verifications import verification_of_document
from credentials.verification.rules.check_results import Check, CheckName, Reason
from credentials.verification.rules.typed_words import address_in, same_place
from credentials.verification.rules.verdicts import IssuerKnown, Verdict, verdict_of_checks
from tests.credentials.awarded import ORIGIN, issuer, new_credential
from tests.credentials.sharing_places import Api, new_partner, new_program
from tests.credentials.strangers import Issuer as Stranger
from tests.credentials.strangers import Json, by_key, credential, ed25519, in_png, pdf_with, photo, proven

__all__ = ["issuer"]  # a fixture, borrowed

pytestmark = pytest.mark.django_db

ED = Stranger(ed25519(), *by_key(ed25519()))
VALID = "This credential is valid."
GREEN = ("notice-success", "badge-good")


def page(**form: Any) -> str:
    response = Client().post("/verify/", form)
    assert response.status_code == 200
    return response.content.decode()


def title(text: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", text)
    assert found is not None
    return found[1].strip()


def uploaded(content: bytes) -> str:
    return page(file=SimpleUploadedFile("any.name", content))


def signed(**changes: Any) -> Json:
    at = clock.now()
    return proven(credential(ED, at=at, **changes), ED, "eddsa-rdfc-2022", at=at)


@pytest.fixture
def held(issuer: Issuer) -> Credential:
    return new_credential(issuer)


# --- as people type -----------------------------------------------------------------------------------------------

WAYS: tuple[Callable[[str], str], ...] = (
    str.lower,
    lambda code: code.replace("-", "\u2013"),
    lambda code: code.replace("-", " \u2014 "),
    lambda code: code.replace("-", "\u2212"),
    lambda code: code.replace("-", "\u00a0"),
    lambda code: code.replace("-", "_"),
    lambda code: "\u200b".join(code) + "\ufeff",
    lambda code: f"\u201a{code}".removeprefix("\u201a") + "\r\n",
    lambda code: "".join(chr(ord(letter) + 0xFEE0) for letter in code),
    lambda code: code.replace("1", "I").replace("0", "o"),
)


@given(st.binary(min_size=8, max_size=8), st.sampled_from(WAYS))
def test_a_code_is_read_in_any_usual_writing(randomness: bytes, way: Callable[[str], str]) -> None:
    code = code_of(randomness)

    assert normalized(way(in_groups(code))) == code
    assert normalized_serial(way(printed_serial(f"T{code}"))) == f"T{code}"


@given(st.binary(min_size=8, max_size=8))
def test_a_check_sign_that_looks_like_decoration_may_be_left_out(randomness: bytes) -> None:
    code = code_of(randomness)

    assert normalized(code[:-1]) == (code if code[-1] in "*~$=" else None)
    others = [sign for sign in CHECKS if sign != code[-1]]
    assert [normalized(code[:-1] + sign) for sign in others] == [None] * len(others)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("HTTPS://Lakeside.example/Verify/x", "https://Lakeside.example/Verify/x"),
        ("www.lakeside.example/verify/x", "https://www.lakeside.example/verify/x"),
        ("lakeside.example/\u00a0verify/ x\n", "https://lakeside.example/verify/x"),
        ("<https://lakeside.example/verify/x>.", "https://lakeside.example/verify/x"),
        ("localhost:8000/credentials/1", "https://localhost:8000/credentials/1"),
        ("https:/lakeside.example/x", "https://lakeside.example/x"),
        ("7K3M-9PQA-2XWD-4", None),
        ("Bread. Made of flour", None),
        ("lakeside.example", None),
    ],
)
def test_an_address_is_read_in_any_usual_writing(typed: str, address: str | None) -> None:
    assert address_in(typed) == address


def test_addresses_of_ours_need_no_scheme_and_former_ones_stay_ours(held: Credential, settings: Settings) -> None:
    settings.PUBLIC_URL, settings.CAIRN_FORMER_ORIGINS = "https://check.lakeside.example", ["https://old.example:8443"]
    code = held.code

    for typed in (
        f"check.lakeside.example/verify/{code}",
        f"http://www.check.lakeside.example:80/verify/?code={in_groups(code)}",
        f"WWW.Check.Lakeside.Example/VERIFY/{code.lower()}",
        f"https://old.example:8443/credentials/{held.public_id}",
        f"localhost:8000/verify/{in_groups(code)}",
    ):
        assert title(page(words=typed)) == VALID
    assert same_place("https://www.A.example:443") == same_place("http://a.example")


def test_documents_print_the_origin_that_lasts(held: Credential, settings: Settings) -> None:
    settings.PUBLIC_URL, settings.CAIRN_ORIGIN = "https://today.example", "https://lasting.example"

    assert check_url("X") == "https://lasting.example/verify/X"
    assert check_place() == "lasting.example/verify"
    # The issuer's own origin was written with its first key.
    assert check_url(held.code, origin=held.issuer.origin) == f"{ORIGIN}/verify/{held.code}"


# --- two answers --------------------------------------------------------------------------------------------------


def test_what_others_signed_never_looks_like_ours(held: Credential) -> None:
    borrowed = signed(issuer={"id": ED.name, "type": ["Profile"], "name": "LAKESIDE  College"})

    ours, theirs, forged = page(words=held.code), page(text=json.dumps(signed())), page(text=json.dumps(borrowed))

    assert all(mark in ours for mark in GREEN)
    assert not any(mark in theirs + forged for mark in GREEN)
    assert title(theirs) == "The signature is valid. Its issuer is not known here."
    assert "Riverside Academy" in theirs
    assert title(forged) == "It uses the name of this institution, but it was not issued here."
    assert "LAKESIDE" not in forged.split("<main")[1]
    assert ED.name in forged


def test_an_issuer_is_registered_for_what_it_signed_alone(held: Credential, settings: Settings) -> None:
    settings.CAIRN_REGISTERED_ISSUERS = [ED.name]
    good, at = signed(), clock.now()

    def known(document: Json) -> IssuerKnown:
        return verification_of_document(json.dumps(document).encode(), at=at).issuer.known

    assert known(good) is IssuerKnown.REGISTERED
    assert known({**good, "name": "Master"}) is IssuerKnown.UNKNOWN
    assert known({name: value for name, value in good.items() if name != "proof"}) is IssuerKnown.UNKNOWN
    assert title(page(text=json.dumps(good))) == "The signature is valid, and its issuer is registered here."
    assert not any(mark in page(text=json.dumps(good)) for mark in GREEN)


def test_pages_around_a_genuine_record_do_not_read_valid(held: Credential) -> None:
    record, pdf = bytes(held.content or b""), certificate_pdf(held, at=clock.now())

    exact, forged = uploaded(pdf), uploaded(pdf_with(record, text="Doctor of Bread"))

    assert title(exact) == "This PDF is exactly the file that we delivered, and it is valid."
    assert "notice-success" in exact
    assert title(forged) == "The record inside this PDF is valid. Its pages were not checked."
    assert not any(mark in forged for mark in GREEN)
    assert "compare the title, the date and the issuer below" in forged
    listed = uploaded(in_png(json.dumps([held.document] * 2).encode()))
    assert title(listed) == "2 records were checked."
    assert not any(mark in listed for mark in GREEN)
    assert title(uploaded(photo(check_url(held.code)))) == VALID
    assert "notice-success" not in uploaded(photo(check_url(held.code)))


def test_what_will_not_change_is_never_to_be_tried_again() -> None:
    again = "Try again later"
    for reason in Reason:
        for passed in (None, False):
            answer = verdict_of_checks([Check(CheckName.STATUS, passed, reason)], None)
            assert answer.retry is (passed is None and reason in {Reason.NOT_FETCHED, Reason.OLD_LIST, Reason.LIBRARY})
    unsigned = {name: value for name, value in signed().items() if name != "proof"}
    assert again not in page(text=json.dumps(unsigned))
    assert again not in page(text=json.dumps({**signed(), "proof": {**signed()["proof"], "cryptosuite": "bbs-2023"}}))


def test_altered_is_a_failed_signature_and_nothing_else() -> None:
    for reason in set(Reason) - {Reason.WRONG_SIGNATURE}:
        for passed in (None, False):
            assert verdict_of_checks([Check(CheckName.SIGNATURE, passed, reason)], None).verdict is not Verdict.ALTERED
    failed = Check(CheckName.SIGNATURE, False, Reason.WRONG_SIGNATURE)
    over = Check(CheckName.NOT_LAPSED, False, Reason.LAPSED)
    assert verdict_of_checks([failed, over], None).verdict is Verdict.ALTERED
    for reason in (Reason.NO_PROOF, Reason.OTHER_SUITE, Reason.NOT_FETCHED, Reason.UNKNOWN_CONTEXT):
        assert verdict_of_checks([Check(CheckName.SIGNATURE, None, reason), over], None).verdict is Verdict.LAPSED


# --- files --------------------------------------------------------------------------------------------------------


def test_a_file_with_more_records_than_are_answered_is_refused(held: Credential) -> None:
    """Behind five genuine records a sixth that was altered would be vouched for."""
    from pypdf import PdfReader, PdfWriter

    record = bytes(held.content or b"")
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_with(record))))
    for number in range(5):
        writer.add_attachment(f"{number}.json", record.replace(b"Bread", b"Rocks"))
    content = io.BytesIO()
    writer.write(content)

    response = Client().post("/verify/", {"file": SimpleUploadedFile("x.pdf", content.getvalue())})

    assert response.status_code == 422
    assert "more credentials than are checked at once" in response.content.decode()


def test_the_limit_is_said_before_and_after(held: Credential) -> None:
    asked = Client().get("/verify/").content.decode()
    refused = Client().post("/verify/", {"file": SimpleUploadedFile("x.pdf", b"%PDF-" + b" " * MAX_FILE_BYTES)})

    assert "Up to 5 MB" in asked
    assert (refused.status_code, "larger than 5 MB" in refused.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 nothing", "The file is damaged or not whole."),
        (pdf_with(b"plain words", name="notes.txt"), "The PDF holds no record that can be checked"),
        (b"\x89PNG\r\n\x1a\n", "The file is damaged or not whole."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "The image holds no record."),
        (photo("WIFI:S:school;;"), "no QR code that can be read"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1", "Send it as JPEG or PNG."),
        (b"PK\x03\x04", "It is a packed folder."),
    ],
)
def test_a_file_without_a_record_says_what_to_do(held: Credential, content: bytes, words: str) -> None:
    response = Client().post("/verify/", {"file": SimpleUploadedFile("x", content)})

    assert response.status_code == 422
    assert words in response.content.decode()


def test_a_delivered_file_has_one_row_that_stays(held: Credential) -> None:
    at = clock.now()
    assert certificate_pdf(held, at=at) == certificate_pdf(held, at=at)
    row = DeliveredFile.objects.get()

    assert (row.kind, len(row.file_digest)) == ("certificate", 64)
    for sql in ("UPDATE credentials_deliveredfile SET kind = 'transcript'", "DELETE FROM credentials_deliveredfile"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    for broken in ({"file_digest": "XY"}, {"kind": "letter"}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DeliveredFile.objects.create(
                **{"file_digest": row.file_digest, "kind": "certificate", "delivered_at": at, **broken}
            )


def test_the_api_answers_about_texts_and_files_too(held: Credential) -> None:
    api, pdf = Api(new_program(new_partner())), certificate_pdf(held, at=clock.now())

    def asked(**body: Any) -> Any:
        return api.post("verify", body).json()

    file = asked(file=base64.b64encode(pdf).decode())
    assert (file["verdict"], file["issuer"]["known"]) == ("valid", "ours")
    assert file["file"] == {"container": "pdf", "delivered": True}
    text = asked(text=json.dumps(signed()))
    assert (text["verdict"], text["issuer"]["known"], text["file"]) == ("valid", "unknown", None)
    assert text["issuer"]["identifier"] == ED.name
    assert asked(file=base64.b64encode(b"%PDF-").decode())["verdict"] == "not_supported"
    assert api.post("verify", {"file": "not base64!"}).status_code == 400
    assert asked(code=held.code)["retry"] is False
