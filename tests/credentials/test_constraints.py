"""What one row can break is a named constraint; what time can break is a trigger. Each is broken here once."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from credentials.issuing.actions.preparing import issue_award
from credentials.issuing.actions.reissuing import reissue
from credentials.models import (
    Credential,
    Document,
    DocumentCode,
    DocumentKind,
    Issuer,
    IssueReason,
    IssuerKey,
    RevocationBody,
    StatusEntry,
    StatusList,
)
from programs.models import Award
from tests.credentials.awarding import achievement_of, granted, paper_of, work_off
from tests.recipes import learner

OURS = {"Issuer", "IssuerKey", "StatusList", "StatusEntry", "Document", "DocumentCode", "RevocationBody"}


@pytest.fixture
def paper(award: Award, issuer: Issuer) -> Credential:
    return paper_of(award)


def broken_by(table: str, change: str, where: int) -> str:
    """The constraint that refuses an update which no trigger stands before."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        try:
            with transaction.atomic():
                cursor.execute(f"UPDATE {table} SET {change} WHERE id = %s", [where])  # noqa: S608 - from CHECKS
        except IntegrityError as refused:
            return str(refused.__cause__.diag.constraint_name)  # type: ignore[union-attr]  # psycopg's
        finally:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return ""


CHECKS = {
    "issuer_slug_fits_an_address": ("issuer", "slug = 'No Slug'"),
    "issuer_origin_is_one": ("issuer", "origin = 'https://cairn.example/path'"),
    "issuer_has_a_name": ("issuer", "name = '  '"),
    "issuer_told_exceptions_is_known": ("issuer", "told_exceptions = 'luck'"),
    "issuer_key_state_is_known": ("issuerkey", "state = 'lost', sealed = NULL"),
    "issuer_key_is_ed25519": ("issuerkey", "public_multibase = 'z6Mk'"),
    "issuer_key_private_half_only_while_it_may_sign": ("issuerkey", "sealed = NULL"),
    "issuer_key_times_fit_its_state": ("issuerkey", "activated_at = NULL"),
    "status_list_signed_as_a_whole": ("statuslist", "digest = ''"),
    "status_entry_bit_is_in_the_list": ("statusentry", "index = 131072"),
    "document_kind_is_known": ("document", "kind = 'poem', award_id = NULL"),
    "document_state_is_known": ("document", "state = 'lost'"),
    "document_reason_is_known": ("document", "reason = 'whim'"),
    "document_has_an_award_by_its_kind": ("document", "award_id = NULL"),
    "document_replaces_another": ("document", "supersedes_id = id"),
    "document_name_has_a_digest": ("document", "name_digest = ''"),
    "document_signer_is_whole": ("document", "issuer_id = NULL"),
    "document_digest_fits_its_state": ("document", "digest = ''"),
    "document_erased_at_an_instant": ("document", "content = NULL"),
    "document_end_is_whole": ("document", "revocation_class = 'rescinded'"),
    "document_revoked_by_someone": ("document", "revoked_by_id = (SELECT min(id) FROM accounts_user)"),
    "document_code_is_well_formed": ("documentcode", "code = 'ILLEGIBLE'"),
}


# Checks that go by the state refuse a state that they do not know too, and PostgreSQL names one of them.
ALSO_BROKEN = {
    "issuer_key_state_is_known": ("issuer_key_private_half_only_while_it_may_sign",),
    "document_state_is_known": ("document_digest_fits_its_state", "document_end_is_whole"),
}


@pytest.mark.parametrize("name", CHECKS)
def test_each_check_refuses(paper: Credential, registrar: User, name: str) -> None:
    model, change = CHECKS[name]
    rows = {
        "issuer": paper.issuer.pk,
        "issuerkey": paper.key.pk,
        "statuslist": paper.status_list.pk,
        "statusentry": paper.status_entry.pk,
        "document": paper.pk,
        "documentcode": paper.code_row.pk,
    }

    found = broken_by(f"credentials_{model}", change, rows[model])
    assert found in {name, *ALSO_BROKEN.get(name, ())}


def refused(write: Any) -> str:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        write()
    return str(refusal.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]  # psycopg's


def test_one_issuer_per_slug_and_one_active_and_pending_key(issuer: Issuer) -> None:
    key = issuer.keys.get()
    other = granted(learner.make(), achievement_of(issuer.organization)).achievement.organization
    # Two keys that differ from the drawn one, whatever it ends with.
    one, two = [key.public_multibase[:-1] + end for end in "234" if key.public_multibase[-1] != end][:2]
    again = IssuerKey(issuer=issuer, public_multibase=one, sealed=b"x", made_at=key.made_at)
    assert other == issuer.organization

    assert (
        refused(lambda: Issuer.objects.create(slug=issuer.slug, name="x", organization_id=0, made_at=datetime.now(UTC)))
        == "issuer_slug_is_one"
    )
    again.state, again.activated_at = "active", key.made_at
    assert refused(again.save) == "issuer_key_one_active_per_issuer"
    again.state, again.activated_at, again.public_multibase = "pending", None, key.public_multibase
    assert refused(again.save) == "issuer_key_is_one"
    again.public_multibase = one
    again.save()
    again.pk, again.public_id, again.public_multibase = None, issuer.public_id, two
    assert refused(again.save) == "issuer_key_one_pending_per_issuer"


def test_codes_and_bits_are_nobody_elses(paper: Credential) -> None:
    other = issue_award(granted(learner.make(), paper.award.achievement_version))
    assert other is not None
    third = Credential.objects.create(**{**_copied(other), "state": "prepared", "award": _another(paper)})

    code = DocumentCode(learner=third.learner, document=third, code=paper.code)
    entry = StatusEntry(learner=third.learner, document=third, status_list=paper.status_list, index=paper.status_index)
    assert refused(code.save) == "document_code_is_one"
    assert refused(entry.save) == "status_entry_bit_is_one"


def _another(paper: Credential) -> Award:
    return granted(Credential.objects.latest("pk").learner, achievement_of(paper.issuer.organization, "Cake"))


def _copied(other: Credential) -> dict[str, Any]:
    names = (
        "learner",
        "kind",
        "issuer",
        "key",
        "reason",
        "name",
        "salt",
        "name_digest",
        "prepared",
        "prepared_at",
        "issued_at",
    )
    return {name: getattr(other, name) for name in names}


def test_one_prepared_and_one_signed_paper_per_award(paper: Credential) -> None:
    twin = {**_copied(paper), "award": paper.award, "prepared": {"x": 1}}
    first = Credential.objects.create(**twin)
    assert refused(lambda: Credential.objects.create(**twin)) == "document_one_prepared_per_award"

    def sign() -> None:
        Credential.objects.filter(pk=first.pk).update(
            state="signed", prepared=None, content=b"x", digest=paper.digest, signed_at=paper.signed_at
        )

    assert refused(sign) == "document_one_signed_per_award"


def test_a_paper_is_replaced_once(paper: Credential) -> None:
    reissue(paper, reason=IssueReason.CORRECTION, by=None)
    work_off()
    twin = {**_copied(paper), "award": paper.award, "prepared": {"x": 1}, "supersedes": paper}

    assert refused(lambda: Credential.objects.create(**twin)) == "document_superseded_by_one"


STAYS: dict[str, tuple[dict[str, Any], str]] = {
    "the bytes": ({"content": b"other"}, "document_stays_as_signed"),
    "the digest": ({"digest": "c1:" + "0" * 64}, "document_stays_as_signed"),
    "the name": ({"name": "Somebody"}, "document_stays_as_signed"),
    "the instant of signing": ({"signed_at": datetime(2020, 1, 1, tzinfo=UTC)}, "document_stays_as_signed"),
    "the award": ({"award_id": 0}, "document_stays_as_made"),
    "the instant of issue": ({"issued_at": datetime(2020, 1, 1, tzinfo=UTC)}, "document_stays_as_made"),
    "back to prepared": ({"state": "prepared"}, "document_only_goes_forward"),
    "voided after signing": ({"state": "voided"}, "document_only_goes_forward"),
}


@pytest.mark.parametrize("name", STAYS)
def test_a_signed_paper_stays(paper: Credential, name: str) -> None:
    change, constraint = STAYS[name]

    assert refused(lambda: Credential.objects.filter(pk=paper.pk).update(**change)) == constraint


def test_a_revocation_is_for_good(paper: Credential) -> None:
    Credential.objects.filter(pk=paper.pk).update(
        state="revoked", revoked_at=datetime.now(UTC), revocation_class="holders_wish"
    )

    def back() -> None:
        Credential.objects.filter(pk=paper.pk).update(state="signed", revoked_at=None, revocation_class="")

    assert refused(back) == "document_only_goes_forward"


@pytest.mark.parametrize("change", ["DELETE FROM credentials_document", "TRUNCATE credentials_document CASCADE"])
def test_papers_are_never_deleted(paper: Credential, change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError):
            cursor.execute(change)


def test_retention_may_take_bytes_and_name(paper: Credential) -> None:
    assert Credential.objects.filter(pk=paper.pk).update(content=None, name=None, erased_at=datetime.now(UTC)) == 1


def test_a_copy_that_names_its_holder_is_signed_beside_the_other(paper: Credential) -> None:
    twin = {**_copied(paper), "award": paper.award, "prepared": {"x": 1}, "holder_bound": True}
    Document.objects.create(**twin)

    assert refused(lambda: Document.objects.create(**twin)) == "document_one_prepared_per_award"
    assert refused(lambda: Document.objects.create(**{**twin, "supersedes": paper})) == "document_replaces_of_its_kind"


def test_documents_of_no_award_do_not_limit_each_other(paper: Credential) -> None:
    signed = {**_copied(paper), "kind": DocumentKind.CLR, "prepared": {"x": 1}}

    first, second = Document.objects.create(**signed), Document.objects.create(**signed)

    assert (first.award, second.award) == (None, None)


def test_what_begins_is_prepared_and_of_one_piece(paper: Credential) -> None:
    other = learner.make()
    twin = {**_copied(paper), "award": paper.award, "prepared": {"x": 1}}

    assert refused(lambda: Credential.objects.create(**{**twin, "learner": other})) == "document_is_of_one_piece"
    assert (
        refused(lambda: Credential.objects.create(**{**twin, "prepared": None, "state": "voided"}))
        == "document_begins_prepared_or_stored"
    )
    elsewhere = granted(paper.learner, achievement_of(paper.issuer.organization, "Cake"))
    assert (
        refused(lambda: Credential.objects.create(**{**twin, "award": elsewhere, "supersedes": paper}))
        == "document_replaces_of_its_kind"
    )


def test_an_issuer_in_use_keeps_its_addresses(issuer: Issuer) -> None:
    for change in ({"slug": "other"}, {"origin": "https://other.example"}):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            Issuer.objects.filter(pk=issuer.pk).update(**change)
    Issuer.objects.filter(pk=issuer.pk).update(description="New words.")


def test_a_key_goes_forward_only(issuer: Issuer) -> None:
    at = datetime.now(UTC)
    IssuerKey.objects.filter(issuer=issuer).update(state="retired", sealed=None, ended_at=at)

    assert (
        refused(lambda: IssuerKey.objects.filter(issuer=issuer).update(state="active", sealed=b"x", ended_at=None))
        == "issuer_key_only_goes_forward"
    )
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        IssuerKey.objects.filter(issuer=issuer).update(made_at=at)


def test_a_list_keeps_its_place(paper: Credential) -> None:
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        StatusList.objects.update(made_at=datetime.now(UTC))


def test_a_private_reason_is_erased_or_stays(paper: Credential) -> None:
    body = RevocationBody.objects.create(document=paper, content="wrong person")
    assert refused(lambda: RevocationBody.objects.create(document=paper, content=None)) in {
        "revocation_body_erased_at_an_instant",
        "credentials_revocationbody_document_id_key",
    }

    with pytest.raises(IntegrityError, match="erased or stay"), transaction.atomic():
        RevocationBody.objects.filter(pk=body.pk).update(content="another")
    RevocationBody.objects.filter(pk=body.pk).update(content=None, erased_at=datetime.now(UTC))


BROKEN_HERE = {
    *CHECKS,
    "issuer_slug_is_one",
    "issuer_key_is_one",
    "issuer_key_one_active_per_issuer",
    "issuer_key_one_pending_per_issuer",
    "status_entry_bit_is_one",
    "document_code_is_one",
    "document_one_signed_per_award",
    "document_one_prepared_per_award",
    "document_superseded_by_one",
    "revocation_body_erased_at_an_instant",
}


def test_every_named_constraint_is_broken_once() -> None:
    models = [model for model in apps.get_app_config("credentials").get_models() if model.__name__ in OURS]

    assert {constraint.name for model in models for constraint in model._meta.constraints} == BROKEN_HERE
