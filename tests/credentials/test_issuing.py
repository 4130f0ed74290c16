"""From award to signed paper: prepared once, signed once, verified before it is stored, told once."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection, transaction

from accounts.actions.names import add_name
from accounts.models import Learner, NameKind, User
from core.text.canonical import digest, digest_of_bytes
from credentials.badges.formats.data_integrity import verify_badge
from credentials.errors import (
    BeingSignedError,
    LintError,
    NameUnchangedError,
    NoIssuerError,
    SelfCheckFailedError,
)
from credentials.issuing.actions import signing as signing_module
from credentials.issuing.actions.preparing import issue_award
from credentials.issuing.actions.reissuing import reissue
from credentials.issuing.actions.revoking import revoke_rescinded
from credentials.issuing.actions.signing import sign_prepared
from credentials.issuing.queries.credentials import current_credential_of, ends_at, status_of
from credentials.issuing.queries.documents import document_by_code
from credentials.issuing.queries.issuers import issuer_for, issuing_organization_of
from credentials.issuing.rules import CredentialStatus
from credentials.models import Credential, DocumentState, Issuer, IssueReason, RevocationClass
from programs.announcements import Awarded, awarded
from programs.models import AchievementVersion, Award
from tests.assessments.places import MONDAY
from tests.credentials.awarding import granted, paper_of, work_off
from tests.guards import guards_asleep
from tests.recipes import institution


def rescinded(award: Award, by: User) -> None:
    Award.objects.filter(pk=award.pk).update(
        state="rescinded", ended_at=datetime.now(UTC), ended_by=by, end_reason="in_error", holds_until=None
    )


def test_what_is_awarded_is_signed_by_jobs(award: Award, issuer: Issuer) -> None:
    with transaction.atomic():
        awarded.send(Awarded(award=award, at=MONDAY))

    assert work_off() == ["issue", "sign", "tell"]
    paper = current_credential_of(award)
    assert paper is not None
    assert digest_of_bytes(bytes(paper.content or b"")) == paper.digest
    verify_badge(bytes(paper.content or b""), multibase=paper.key.public_multibase)


def test_documents_are_issued_under_the_organization_that_has_the_achievement_today(
    award: Award, issuer: Issuer
) -> None:
    tokyo = institution.make(parent=issuer.organization, name="Tokyo", time_zone="Asia/Tokyo")
    award.achievement.organization = tokyo
    award.valid_until = date(2030, 1, 1)

    assert issuing_organization_of(award.achievement) == tokyo
    assert ends_at(award) == datetime(2029, 12, 31, 15, tzinfo=UTC)
    assert issuer_for(tokyo) == issuer


def test_the_document_carries_the_dates_of_the_school_and_no_name(award: Award, issuer: Issuer) -> None:
    document = paper_of(award).document or {}

    assert document["awardedDate"] == "2026-03-04T12:00:00+11:00"
    assert document["issuer"]["id"] == "did:web:cairn.example:issuers:lakeside"
    assert datetime.fromisoformat(document["validFrom"]) <= datetime.now(UTC)
    assert "Ada" not in json.dumps(document)
    assert [each["identityType"] for each in document["credentialSubject"]["identifier"]] == [
        "emailAddress",
        "identifier",
    ]


def test_issuing_and_signing_twice_changes_nothing(award: Award, issuer: Issuer) -> None:
    paper = paper_of(award)

    assert issue_award(award) is None
    assert sign_prepared(paper).digest == paper.digest
    assert work_off() == []


def test_an_award_nobody_signs_for_waits_for_an_issuer(award: Award) -> None:
    with pytest.raises(NoIssuerError):
        issue_award(award)
    assert not Credential.objects.exists()


def test_the_holder_is_told_by_mail(award: Award, issuer: Issuer) -> None:
    user = award.learner.user
    assert user is not None
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)

    paper = paper_of(award)

    assert [message.subject for message in mail.outbox] == ["Your credential is ready"]
    assert f"/credentials/{paper.public_id}" in str(mail.outbox[0].body)


def test_a_prepared_paper_of_a_rescinded_award_is_voided(award: Award, issuer: Issuer, registrar: User) -> None:
    prepared = issue_award(award)
    assert prepared is not None
    rescinded(award, registrar)

    assert sign_prepared(prepared).state == DocumentState.VOIDED


def test_a_document_that_must_not_be_signed_is_refused_with_its_place(
    ada: Learner, issuer: Issuer, bread: AchievementVersion
) -> None:
    content = {**(bread.content or {}), "title": "Bread\x7f"}
    award = granted(ada, _frozen_with(bread, content))

    with pytest.raises(LintError, match="/name: character"):
        issue_award(award)
    assert not Credential.objects.exists()


def test_what_was_prepared_is_linted_again_before_it_is_signed(award: Award, issuer: Issuer) -> None:
    """By rules that may be newer than the preparing: a signature is for good."""
    prepared = issue_award(award)
    assert prepared is not None
    document = {**(prepared.prepared or {}), "name": "Bread\x7f"}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with guards_asleep([Credential._meta.db_table]):
        Credential.objects.filter(pk=prepared.pk).update(prepared=document)

    with pytest.raises(LintError, match="/name: character"):
        sign_prepared(prepared)

    prepared.refresh_from_db()
    assert (prepared.state, prepared.content) == (DocumentState.PREPARED, None)


def _frozen_with(version: AchievementVersion, content: dict[str, object]) -> AchievementVersion:
    """Another version of the same achievement, with this content."""
    other: AchievementVersion = AchievementVersion.objects.create(
        achievement=version.achievement,
        number=version.number + 1,
        state="published",
        competency=version.competency,
        achievement_type=version.achievement_type,
        organization=version.organization,
        title="Bread",
        granting="automatic",
        content=content,
        digest=digest(content),
        made_at=MONDAY,
        published_at=MONDAY,
    )
    return other


def test_what_does_not_verify_is_not_stored(award: Award, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = issue_award(award)
    assert prepared is not None

    class Shaky:
        def __init__(self, _key: object) -> None:
            self.method = "unused"

        def sign(self, _content: bytes, /) -> bytes:
            return bytes(64)

    monkeypatch.setattr(signing_module, "signer_of", Shaky)
    with pytest.raises(SelfCheckFailedError):
        sign_prepared(prepared)

    prepared.refresh_from_db()
    assert prepared.state == DocumentState.PREPARED


def test_a_new_name_gives_a_new_paper_of_the_same_award(
    award: Award, issuer: Issuer, ada: Learner, registrar: User
) -> None:
    old = paper_of(award)
    today = datetime.now(UTC).date()
    add_name(ada, text="Ada King", kind=NameKind.LEGAL, starts_on=today, by=registrar, reason="married")

    reissue(old, reason=IssueReason.NAME, by=registrar)

    assert work_off() == ["sign", "publish", "tell"]
    new = current_credential_of(award)
    old.refresh_from_db()
    assert new is not None
    assert (new.name, old.name) == ("Ada King", "Ada Byron")
    assert (new.document or {})["awardedDate"] == (old.document or {})["awardedDate"]
    assert status_of(old, at=datetime.now(UTC)).status == CredentialStatus.REPLACED
    assert old.revocation_class == RevocationClass.REPLACED


def test_a_paper_in_todays_name_is_not_issued_anew_for_it(award: Award, issuer: Issuer) -> None:
    paper = paper_of(award)

    with pytest.raises(NameUnchangedError):
        reissue(paper, reason=IssueReason.NAME, by=None)


def test_two_successors_at_once_are_one(award: Award, issuer: Issuer) -> None:
    paper = paper_of(award)
    reissue(paper, reason=IssueReason.CORRECTION, by=None)

    with pytest.raises(BeingSignedError):
        reissue(paper, reason=IssueReason.CORRECTION, by=None)


def test_rescinding_takes_back_every_paper_of_the_award(award: Award, issuer: Issuer, registrar: User) -> None:
    first = paper_of(award)
    reissue(first, reason=IssueReason.CORRECTION, by=registrar)
    work_off()
    rescinded(award, registrar)

    assert revoke_rescinded(award) == 2
    assert set(Credential.objects.values_list("state", "revocation_class")) == {("revoked", "rescinded")}


def test_a_code_finds_its_paper_however_it_is_typed(award: Award, issuer: Issuer) -> None:
    paper = paper_of(award)

    assert document_by_code(f" {paper.code[:4].lower()}-{paper.code[4:]} ") == paper
    assert document_by_code("0" * 13) is None


def test_a_paper_lapses_with_its_award(ada: Learner, bread: AchievementVersion, issuer: Issuer) -> None:
    ends = datetime.now(UTC).date() + timedelta(days=30)
    award = granted(ada, bread, valid_until=ends, holds_until=datetime(ends.year, ends.month, ends.day, tzinfo=UTC))
    paper = paper_of(award)

    assert status_of(paper, at=datetime.now(UTC)).status == CredentialStatus.VALID
    assert status_of(paper, at=datetime.now(UTC) + timedelta(days=31)).status == CredentialStatus.LAPSED
