"""Keys: sealed, rotated with a second pair of eyes, and what follows when one got out."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.actions.approvals import decide_approval
from accounts.errors import ApprovalMissingError
from accounts.models import User
from credentials.badges.formats.errors import SealedUnderAnotherError
from credentials.badges.formats.status_list import decoded_list, indexes_of
from credentials.errors import (
    IssuerInUseError,
    KeyExistsError,
    NoActiveKeyError,
    NoKeySecretError,
    NotInForceError,
    OriginUnfitError,
)
from credentials.issuing.actions.issuers import save_issuer
from credentials.issuing.actions.keys import ask_to_rotate, make_first_key, report_compromise, rotate_key
from credentials.issuing.actions.preparing import issue_award
from credentials.issuing.actions.revoking import ask_to_revoke, revoke
from credentials.issuing.queries.credentials import current_credential_of
from credentials.issuing.queries.issuers import did_document_of, issuer_for
from credentials.issuing.queries.signers import signer_of
from credentials.models import (
    Credential,
    DocumentState,
    Issuer,
    IssuerKey,
    KeyState,
    RevocationBody,
    RevocationClass,
    StatusList,
)
from credentials.verification.formats.foreign import verify
from programs.models import Award
from tests.assessments.places import MONDAY
from tests.credentials.awarding import paper_of, work_off
from tests.recipes import institution

TUESDAY = MONDAY + timedelta(days=1)


def verdict(paper: Credential) -> list[bool | None]:
    """What a stranger finds who fetches what we publish."""

    def fetch(url: str) -> bytes:
        return bytes(Client().get(url.removeprefix("https://cairn.example")).content)

    return [check.passed for check in verify(bytes(paper.content or b""), fetch, at=datetime.now(UTC))]


def rotated(issuer: Issuer, asks: User, agrees: User) -> IssuerKey:
    approval = ask_to_rotate(issuer, reason="yearly", by=asks, at=MONDAY)
    decide_approval(approval, approved=True, digest=approval.digest, by=agrees, at=TUESDAY)
    return rotate_key(issuer, by=asks, at=TUESDAY)


def bits(issuer: Issuer) -> set[int]:
    document = json.loads(bytes(StatusList.objects.get(issuer=issuer).content or b""))
    return indexes_of(decoded_list(document["credentialSubject"]["encodedList"], max_bytes=16_384))


def test_the_first_key_fixes_the_origin_for_good(issuer: Issuer, settings: Settings) -> None:
    settings.CAIRN_ORIGIN = "https://other.example"

    assert issuer.did == "did:web:cairn.example:issuers:lakeside"
    with pytest.raises(KeyExistsError):
        make_first_key(issuer, by=None, at=TUESDAY)
    with pytest.raises(IssuerInUseError):
        save_issuer(issuer, organization=issuer.organization, slug="other", name="Other", by=None, at=TUESDAY)


def test_the_demo_signs_as_localhost_with_its_port(settings: Settings, school: object) -> None:
    issuer = Issuer(slug="lakeside", origin="http://localhost:8000")

    assert issuer.did == "did:web:localhost%3A8000:issuers:lakeside"


@pytest.mark.parametrize("origin", ["", "https://cairn.example/path", "ftp://cairn.example", "https://Cairn.example"])
def test_no_key_is_made_for_an_address_that_is_none(
    origin: str, settings: Settings, school: object, registrar: User
) -> None:
    settings.CAIRN_ORIGIN = origin
    made = save_issuer(None, organization=school, slug="a", name="A", by=None, at=MONDAY)  # type: ignore[arg-type]

    with pytest.raises(OriginUnfitError):
        make_first_key(made, by=registrar, at=MONDAY)


def test_a_branch_without_an_issuer_is_signed_for_by_its_school(issuer: Issuer) -> None:
    branch = institution.make(name="Evening School", parent=issuer.organization)

    assert issuer_for(branch) == issuer


def test_without_a_secret_no_key_is_made(settings: Settings, school: object) -> None:
    settings.CAIRN_KEY_SECRET = []
    made = save_issuer(None, organization=school, slug="a", name="A", by=None, at=MONDAY)  # type: ignore[arg-type]

    with pytest.raises(NoKeySecretError):
        make_first_key(made, by=None, at=MONDAY)


def test_a_key_opens_under_any_of_the_secrets_and_no_other(issuer: Issuer, settings: Settings) -> None:
    key = issuer.keys.get()
    settings.CAIRN_KEY_SECRET = ["the new one", *settings.CAIRN_KEY_SECRET]
    assert len(signer_of(key).sign(b"x")) == 64

    settings.CAIRN_KEY_SECRET = ["the new one"]
    with pytest.raises(SealedUnderAnotherError):
        signer_of(key)


def test_a_sealed_key_opens_for_its_own_row_only(issuer: Issuer) -> None:
    key = issuer.keys.get()
    other = IssuerKey(issuer=issuer, sealed=key.sealed)

    with pytest.raises(SealedUnderAnotherError):
        signer_of(other)
    assert bytes(key.sealed or b"")[1:] not in repr(signer_of(key)).encode()


def without_a_key(issuer: Issuer) -> Issuer:
    """The issuer after its only key ended and none followed, as a restored or half-moved installation may be."""
    issuer.keys.update(state=KeyState.RETIRED, sealed=None, ended_at=TUESDAY)
    return issuer


def test_an_issuer_without_a_key_that_signs_prepares_nothing(award: Award, issuer: Issuer) -> None:
    without_a_key(issuer)

    with pytest.raises(NoActiveKeyError):
        issue_award(award)
    assert not Credential.objects.exists()


def test_there_must_be_a_key_to_be_rotated(issuer: Issuer, registrar: User) -> None:
    without_a_key(issuer)

    with pytest.raises(NoActiveKeyError):
        ask_to_rotate(issuer, reason="yearly", by=registrar, at=MONDAY)
    with pytest.raises(NoActiveKeyError):
        rotate_key(issuer, by=registrar, at=MONDAY)


def test_a_key_signs_no_more_once_its_private_half_is_gone(issuer: Issuer) -> None:
    key = without_a_key(issuer).keys.get()

    with pytest.raises(NoActiveKeyError):
        signer_of(key)


def test_rotating_needs_a_second_person(issuer: Issuer, registrar: User) -> None:
    ask_to_rotate(issuer, reason="yearly", by=registrar, at=MONDAY)

    with pytest.raises(ApprovalMissingError):
        rotate_key(issuer, by=registrar, at=TUESDAY)


def test_old_and_new_papers_verify_after_a_rotation(
    issuer: Issuer, award: Award, registrar: User, colleague: User
) -> None:
    old = paper_of(award)
    key = rotated(issuer, registrar, colleague)
    old.refresh_from_db()

    assert verdict(old) == [True] * 9
    assert [method["id"] for method in did_document_of(issuer)["verificationMethod"]] == [key.method, old.key.method]
    assert IssuerKey.objects.get(pk=old.key.pk).sealed is None


def test_an_approval_is_good_for_one_rotation(issuer: Issuer, registrar: User, colleague: User) -> None:
    rotated(issuer, registrar, colleague)

    with pytest.raises(ApprovalMissingError):
        rotate_key(issuer, by=registrar, at=TUESDAY)


def test_what_was_prepared_under_the_old_key_is_prepared_anew(
    issuer: Issuer, award: Award, registrar: User, colleague: User
) -> None:
    prepared = issue_award(award)
    assert prepared is not None
    key = rotated(issuer, registrar, colleague)
    work_off()

    prepared.refresh_from_db()
    paper = current_credential_of(award)
    assert prepared.state == DocumentState.VOIDED
    assert paper is not None
    assert paper.key == key


def test_a_key_that_got_out_verifies_nothing_and_its_papers_are_issued_anew(
    issuer: Issuer, award: Award, registrar: User
) -> None:
    old = paper_of(award)
    report_compromise(issuer.keys.get(), by=registrar, at=TUESDAY, reason="laptop stolen")
    work_off()

    old.refresh_from_db()
    new = current_credential_of(award)
    assert new is not None
    assert verdict(new) == [True] * 9
    assert verdict(old)[:3] == [True, True, False]
    assert (old.state, old.revocation_class) == (DocumentState.SUPERSEDED, RevocationClass.KEY_REPLACED)
    assert IssuerKey.objects.filter(state=KeyState.COMPROMISED).get().sealed is None


def test_revoking_needs_approval_and_shows_in_the_list(
    issuer: Issuer, award: Award, registrar: User, colleague: User
) -> None:
    paper = paper_of(award)
    why = RevocationClass.ISSUED_IN_ERROR
    with pytest.raises(ApprovalMissingError):
        revoke(paper, why=why, reason="wrong person", by=registrar)

    approval = ask_to_revoke(paper, why=why, reason="wrong person", by=registrar, at=MONDAY)
    decide_approval(approval, approved=True, digest=approval.digest, by=colleague, at=TUESDAY)
    with pytest.raises(ApprovalMissingError):
        revoke(paper, why=RevocationClass.HOLDERS_WISH, reason="another reason", by=registrar)
    revoke(paper, why=why, reason="wrong person", by=registrar)
    work_off()

    assert bits(issuer) == {paper.status_index}
    assert verdict(paper) == [True] * 8 + [False]
    assert RevocationBody.objects.get().content == "wrong person"
    with pytest.raises(NotInForceError):
        revoke(paper, why=why, reason="again", by=registrar)
