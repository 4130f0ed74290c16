"""The verify page: one plain answer for whoever holds a code, a link or a document, and nothing for anybody else."""

import gzip
import json
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import LearnerName
from core import clock
from core.rates import Rate
from credentials.issuing.actions.preparing import issue_award
from credentials.issuing.actions.reissuing import reissue
from credentials.issuing.actions.signing import sign_prepared
from credentials.models import Credential, Issuer, IssueReason, IssuerKey, RevocationClass
from credentials.rules.codes import EXAMPLE, _check, in_groups
from credentials.verification import pages as verify
from tests.canaries import Listener
from tests.conftest import ROOT
from tests.credentials.awarded import ORIGIN, issuer, new_award, new_credential

__all__ = ["issuer"]  # a fixture, borrowed

pytestmark = pytest.mark.django_db

VALID = "This credential is valid."
NOT_KNOWN = "Not known here."
REPLACED = "This credential was replaced by a newer one."
REVOKED = "This credential was revoked."
LAPSED = "This credential has expired."
ALTERED = "This is not what was signed."


@pytest.fixture
def credential(issuer: Issuer) -> Credential:
    return new_credential(issuer)


def asked(**form: Any) -> Any:
    return Client(enforce_csrf_checks=True).post("/verify/", form)


def answer(**form: Any) -> str:
    response = asked(**form)
    assert response.status_code == 200
    found = re.search(r"<h1>(.*?)</h1>", response.content.decode())
    assert found is not None
    return found[1].strip()


def document(credential: Credential) -> dict[str, Any]:
    found = credential.document
    assert found is not None
    return found


def ended(credential: Credential, **fields: Any) -> None:
    Credential.objects.filter(pk=credential.pk).update(**fields)


def test_a_code_is_answered_however_it_was_typed(credential: Credential) -> None:
    code = credential.code

    for typed in (code, in_groups(code), f" {in_groups(code).lower()} ", code.replace("0", "o").replace("1", "l")):
        assert answer(words=typed) == VALID
    assert VALID in Client().get(f"/verify/{code}").content.decode()


def test_a_code_says_what_was_awarded_by_whom_and_never_to_whom(credential: Credential) -> None:
    page = Client().get(f"/verify/{in_groups(credential.code)}").content.decode()

    for said in ("Bread", "Lakeside College", "March 2, 2026"):
        assert said in page
    for hidden in ("Ada", "Lovelace", credential.learner.learner_number, str(credential.learner.public_id)):
        assert hidden not in page


def test_an_unknown_code_and_a_paper_that_was_never_signed_are_the_same(credential: Credential) -> None:
    waiting = issue_award(new_award(credential.learner, credential.issuer.organization, title="Rolls"))
    assert waiting is not None

    unknown = asked(words="7ZZZ-ZZZZ-ZZZZ-" + check_of("7ZZZZZZZZZZZ"))
    unsigned = asked(words=waiting.code)

    assert unknown.status_code == unsigned.status_code == 200
    assert without_token(unknown) == without_token(unsigned)
    assert NOT_KNOWN in unknown.content.decode()


def without_token(response: Any) -> str:
    """The page without the random token of its language form."""
    return re.sub(r'value="\w{64}"', "", response.content.decode())


def check_of(letters: str) -> str:
    return _check(letters)


def test_a_mistyped_code_is_said_to_be_one(credential: Credential) -> None:
    code = credential.code
    wrong = ("8" if code[0] == "7" else "7") + code[1:]

    response = asked(words=wrong)

    assert response.status_code == 422
    assert "do not fit together" in response.content.decode()


def test_the_example_on_the_page_is_no_code_that_was_mistyped(credential: Credential) -> None:
    page = Client().get("/verify/").content.decode()
    example = in_groups(EXAMPLE)

    assert example in page
    assert answer(words=example) == NOT_KNOWN


def test_several_records_in_one_file_have_an_answer_each(issuer: Issuer, credential: Credential) -> None:
    other = new_credential(issuer, title="Cake")
    ended(other, state="revoked", revoked_at=clock.now(), revocation_class=RevocationClass.ISSUED_IN_ERROR)
    records = [document(credential), document(other), {**document(credential), "name": "Changed"}]
    wallet = {"type": "VerifiablePresentation", "verifiableCredential": records}

    page = Client().post("/verify/", {"text": json.dumps(wallet)}).content.decode()

    headline, *answers = re.findall(r"<h[12][^>]*>(.*?)</h[12]>", page)
    assert headline == "3 records were checked."
    assert answers == [
        "Record 1 of 3: This credential is valid.",
        "Record 2 of 3: This credential was revoked.",
        "Record 3 of 3: This is not what was signed.",
    ]
    # Each that is ours says so with its own title and dates; of the altered one nothing is said.
    assert [page.count(words) for words in ("Issued here", "<dt>Awarded</dt>", "<dt>Revoked on</dt>")] == [2, 2, 1]


@pytest.mark.parametrize("mark", ["", "\ufeff", " \n"])
def test_a_list_is_read_as_several_records_each_by_itself(credential: Credential, mark: str) -> None:
    whole = document(credential)
    listed = [whole, {**whole, "name": "Changed"}, 17, {"type": "VerifiablePresentation"}, "no credential"]

    page = asked(text=mark + json.dumps(listed)).content.decode()

    headline, *answers = re.findall(r"<h[12][^>]*>(.*?)</h[12]>", page)
    assert headline == "5 records were checked."
    assert [words.partition(": ")[2] for words in answers] == [
        VALID, ALTERED, "This cannot be checked here.", "This cannot be checked here.", "We cannot tell.",
    ]  # fmt: skip
    assert answer(text=json.dumps([whole])) == VALID
    assert "check them one by one" in asked(text=json.dumps([whole] * 6)).content.decode()


def test_links_of_ours_are_answered_from_our_rows(credential: Credential) -> None:
    for link in (
        credential.url,
        f"{ORIGIN}/verify/{credential.code}",
        f"{ORIGIN.upper()}/credentials/{credential.public_id}",
    ):
        assert answer(words=link) == VALID


@pytest.mark.parametrize(
    "path", ["/credentials/00000000-0000-4000-8000-000000000001", "/credentials/x", "/", "/achievements/1"]
)
def test_links_of_ours_that_lead_nowhere_are_not_known(issuer: Issuer, path: str) -> None:
    assert answer(words=ORIGIN + path) == NOT_KNOWN


def test_the_document_is_known_word_for_word_in_any_order(credential: Credential) -> None:
    whole = document(credential)
    turned = dict(reversed(whole.items()))

    assert answer(text=json.dumps(whole)) == VALID
    assert answer(text=json.dumps(turned, indent=3, ensure_ascii=False)) == VALID
    assert answer(file=SimpleUploadedFile("badge.json", bytes(credential.content or b""))) == VALID


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Doctor of Bread"},
        {"validFrom": "2020-01-01T00:00:00Z"},
        {"validUntil": "2099-01-01T00:00:00Z"},
        {"credentialStatus": None},
        {"extra": 1},
        {"issuer": "did:web:evil.example"},
    ],
)
def test_a_changed_document_is_not_what_was_signed(credential: Credential, change: dict[str, Any]) -> None:
    page = asked(text=json.dumps({**document(credential), **change})).content.decode()

    assert ALTERED in page
    assert "Lakeside College" not in page.split("<main")[1]


@pytest.mark.parametrize("proof", [{}, None])
def test_our_document_without_its_signature_is_unsigned_and_not_altered(credential: Credential, proof: object) -> None:
    page = asked(text=json.dumps({**document(credential), "proof": proof})).content.decode()

    assert "This is not signed." in page
    assert ALTERED not in page


def test_a_document_that_claims_to_be_ours_is_not_known(credential: Credential) -> None:
    whole = document(credential)

    assert (
        answer(text=json.dumps({**whole, "id": f"{ORIGIN}/credentials/00000000-0000-4000-8000-000000000001"}))
        == NOT_KNOWN
    )
    assert answer(text=json.dumps({**whole, "id": "urn:uuid:00000000-0000-4000-8000-000000000001"})) == NOT_KNOWN


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (RevocationClass.ISSUED_IN_ERROR, "It was issued in error."),
        (RevocationClass.RESCINDED, "The institution rescinded the award."),
        (RevocationClass.HOLDERS_WISH, "Its holder wished so."),
    ],
)
def test_a_revoked_credential_says_why_in_words(credential: Credential, why: RevocationClass, words: str) -> None:
    ended(credential, state="revoked", revoked_at=clock.now(), revocation_class=why)

    page = Client().get(f"/verify/{credential.code}").content.decode()

    assert REVOKED in page
    assert words in page
    assert answer(text=json.dumps(document(credential))) == REVOKED


def test_a_replaced_credential_does_not_lead_to_the_new_one(credential: Credential) -> None:
    LearnerName.objects.filter(learner=credential.learner).update(text="Ada King")
    new = reissue(credential, reason=IssueReason.NAME, by=None)
    sign_prepared(new)
    new = Credential.objects.whole().get(pk=new.pk)

    old_page = Client().get(f"/verify/{credential.code}").content.decode()
    new_page = Client().get(f"/verify/{new.code}").content.decode()

    assert REPLACED in old_page
    assert VALID in new_page
    for hidden, page in ((new, old_page), (credential, new_page)):
        assert str(hidden.public_id) not in page
        assert hidden.code not in page


def test_a_credential_lapses_with_its_award(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    held = new_credential(issuer, valid_until=date(2099, 1, 1), holds_until=datetime(2098, 12, 31, 23, tzinfo=UTC))
    assert answer(words=held.code) == VALID
    assert "Dec. 31, 2098" in Client().get(f"/verify/{held.code}").content.decode().replace("December", "Dec.")

    monkeypatch.setattr(clock, "now", lambda: datetime(2099, 1, 1, 12, tzinfo=UTC))

    assert answer(words=held.code) == LAPSED


def test_a_key_that_got_out_vouches_for_nothing(credential: Credential) -> None:
    IssuerKey.objects.filter(pk=credential.key.pk).update(state="compromised", sealed=None, ended_at=clock.now())

    assert answer(words=credential.code) == "We cannot tell."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 100_000, "more than 32 levels deep"),
        ('{"id": 1, "id": 2}', "stands in it twice"),
        ('{"a": "' + "x" * 262_144 + '"}', "larger than 256 kB"),
        ('{"a": NaN}', "a number that is none"),
        ("hello", "It is no JSON"),
        ("1.5", "begin with a brace"),
        ("[]", "There is nothing in it"),
        ('[{"id": 1, "id": 2}]', "stands in it twice"),
        ('{"a": "\\ud800"}', "characters that are none"),
    ],
)
def test_hostile_documents_are_refused_in_plain_words(db: None, text: str, words: str) -> None:
    for form in ({"text": text}, {"file": SimpleUploadedFile("x.json", text.encode())}):
        response = asked(**form)
        assert response.status_code == 422
        assert words in response.content.decode()


def test_nothing_to_check_is_asked_for_again(db: None) -> None:
    response = asked()

    assert response.status_code == 422
    assert "Enter a code or an address" in response.content.decode()


def test_somebody_elses_link_that_is_no_public_address_is_not_asked(db: None) -> None:
    for link in ("https://127.0.0.1/x", "http://intranet.example.com/", "https://localhost/c", "file:///etc/passwd"):
        assert answer(words=link) == "We cannot tell."


def test_names_in_documents_are_shown_as_text(credential: Credential) -> None:
    page = asked(words="<script>alert(1)</script>").content.decode()

    assert "<script>alert" not in page


def test_the_pages_are_small_need_no_script_and_leave_no_trace(credential: Credential) -> None:
    client = Client()
    static = static_bytes()
    for page in (client.get("/verify/"), client.get(f"/verify/{credential.code}")):
        assert "<script" not in page.content.decode()
        assert len(page.content) < 15_000
        assert len(gzip.compress(page.content)) + static < 15_000
        assert (page["X-Robots-Tag"], page["Referrer-Policy"]) == ("noindex", "same-origin")
        assert "no-store" in page["Cache-Control"]
    assert "sessionid" not in client.cookies


def static_bytes() -> int:
    """What the browser fetches beside the page: the style sheets, as they travel."""
    sheets = (
        ROOT / "core/ui/static/ui" / name
        for name in ("cairn.css", "tokens.css", "base.css", "components.css", "pages.css")
    )
    return sum(len(gzip.compress(sheet.read_bytes())) for sheet in sheets)


def test_who_tries_codes_one_by_one_is_slowed(credential: Credential, monkeypatch: pytest.MonkeyPatch) -> None:
    at = clock.now()
    monkeypatch.setattr(clock, "now", lambda: at)
    monkeypatch.setattr(verify, "RATE", Rate("verify", 3))
    monkeypatch.setattr(verify, "RATE_OF_DOCUMENTS", Rate("verify_document", 1))

    statuses = [Client().get(f"/verify/{credential.code}").status_code for _try in range(4)]

    assert statuses == [200, 200, 200, 429]
    assert [asked(text="{}").status_code, asked(text="{}").status_code] == [200, 429]
    assert Client(REMOTE_ADDR="192.0.2.7").get(f"/verify/{credential.code}").status_code == 200


def test_a_code_never_stands_in_a_log_line(credential: Credential, log_lines: Listener) -> None:
    Client().get(f"/verify/{credential.code}")
    asked(words=credential.code)

    assert log_lines.leaks([credential.code, in_groups(credential.code)]) == []


def test_an_answer_takes_the_same_queries_for_what_is_not_known(
    credential: Credential, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(6):
        Client().get(f"/verify/{credential.code}")
    with django_assert_max_num_queries(6):
        Client().get("/verify/7ZZZZZZZZZZZ" + check_of("7ZZZZZZZZZZZ"))
