"""The integrity check of credentials: what must hold of the rows and is beyond a constraint."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.text.canonical import digest_of_bytes
from credentials.badges.formats.achievement import embedded
from credentials.badges.formats.data_integrity import verify_proof
from credentials.badges.formats.errors import NotVerifiedError, SealedUnderAnotherError, SigningUnavailableError
from credentials.badges.formats.multikey import multibase_of
from credentials.badges.formats.status_list import decoded_list, indexes_of
from credentials.badges.rules import name_digest
from credentials.errors import NoKeySecretError
from credentials.issuing.queries.credentials import awards_without_credential
from credentials.issuing.queries.issuers import issuer_for, issuing_organization_of
from credentials.issuing.queries.signers import signer_of
from credentials.models import (
    LIST_LENGTH,
    AchievementDefinition,
    Credential,
    Document,
    DocumentKind,
    DocumentState,
    Issuer,
    IssuerKey,
    KeyState,
    StatusList,
)
from programs.models import AwardState

# Jobs of a working installation need less time than that; more is a problem.
SIGNED_WITHIN = timedelta(minutes=10)
SEEN_WITHIN = timedelta(seconds=60)
ENDED = (DocumentState.SUPERSEDED, DocumentState.REVOKED)


def problems(*, at: datetime | None = None) -> Iterator[str]:
    """A sentence for each problem at the instant `at`, by default now."""
    moment = at or clock.now()
    yield from _wrong_keys()
    yield from _wrong_credentials()
    yield from _wrong_definitions()
    yield from _wrong_unsigned_documents()
    yield from _wrong_chains()
    yield from _wrong_lists(moment)
    yield from _waiting(moment)


def _wrong_keys() -> Iterator[str]:
    """Each private half opens and fits its public half; each issuer in use has a key that signs."""
    for key in IssuerKey.objects.exclude(sealed=None).select_related("issuer").order_by("pk").iterator():
        try:
            fits = multibase_of(signer_of(key).key) == key.public_multibase
        except (SealedUnderAnotherError, NoKeySecretError):
            yield f"Signing key {key.public_id} does not open under CAIRN_KEY_SECRET."
            continue
        if not fits:
            yield f"Signing key {key.public_id} has a private half of another key."
    signing = IssuerKey.objects.active().values("issuer")
    for slug in Issuer.objects.exclude(origin="").exclude(pk__in=signing).order_by("pk").values_list("slug", flat=True):
        yield f"Issuer {slug} has no key that signs."


def _wrong_credentials() -> Iterator[str]:
    """Each document has its digest and its proof, agrees with the rows, and the name has its digest."""
    rows = Credential.objects.whole().select_related("award__achievement__organization").order_by("pk")
    for credential in rows.iterator(chunk_size=100):
        if (
            credential.name is not None
            and name_digest(credential.name, bytes(credential.salt)) != credential.name_digest
        ):
            yield f"Credential {credential.public_id} carries another name than its digest says."
        if credential.content is not None:
            yield from _wrong_document(credential)


def _wrong_definitions() -> Iterator[str]:
    """Each definition has its digest, and each badge signed since embeds exactly it (invariant 28)."""
    rows = AchievementDefinition.objects.select_related("achievement_version__achievement").order_by("pk")
    for row in rows.iterator(chunk_size=100):
        named = f"Achievement {row.achievement_version.achievement.public_id}, version {row.achievement_version.number}"
        if digest_of_bytes(bytes(row.content)) != row.digest:
            yield f"{named}: the definition holds other bytes than its digest says."
        expected = embedded(row.document)
        badges = (
            Credential.objects.published()
            .exclude(content=None)
            .filter(award__achievement_version=row.achievement_version, signed_at__gte=row.published_at)
        )
        for badge in badges.only("public_id", "content", "kind").order_by("pk").iterator(chunk_size=100):
            if (badge.document or {})["credentialSubject"]["achievement"] != expected:
                yield f"Credential {badge.public_id} embeds another definition of its achievement than is published."


def _wrong_document(credential: Credential) -> Iterator[str]:
    content = bytes(credential.content or b"")
    if digest_of_bytes(content) != credential.digest:
        yield f"Credential {credential.public_id} holds other bytes than its digest says."
    try:
        document: dict[str, Any] = json.loads(content)
        verify_proof(document, multibase=credential.key.public_multibase)
    except SigningUnavailableError:
        untested = "the signing library is not the one that was tested"
        yield f"Credential {credential.public_id} could not be checked: {untested}."
        return
    except (ValueError, NotVerifiedError):
        yield f"Credential {credential.public_id} has a proof that does not fit its document."
        return
    status = document["credentialStatus"]
    signed_values = (
        document["id"],
        document["issuer"]["id"],
        document["proof"]["verificationMethod"],
        document["awardedDate"][:10],
        (status["statusListCredential"], status["statusListIndex"]),
    )
    row_values = (
        credential.url,
        credential.issuer.did,
        credential.key.method,
        str(credential.award.awarded_on),
        (credential.status_list.url, str(credential.status_index)),
    )
    names = ("address", "issuer", "key", "day of the award", "status entry")
    for name, signed, stored in zip(names, signed_values, row_values, strict=True):
        if signed != stored:
            yield f"Credential {credential.public_id} was signed with another {name} than its row has."


def _wrong_unsigned_documents() -> Iterator[str]:
    """Each document that is stored without a signature has its digest."""
    rows = Document.objects.filter(key=None).exclude(content=None).order_by("pk")
    for document in rows.iterator(chunk_size=100):
        if digest_of_bytes(bytes(document.content or b"")) != document.digest:
            yield f"{_named(document)} holds other bytes than its digest says."


def _wrong_chains() -> Iterator[str]:
    """Each replaced document has a successor of its kind and award, and each successor has replaced its predecessor."""
    rows = Document.objects.exclude(state=DocumentState.VOIDED).select_related("supersedes", "award").order_by("pk")
    followed = set(
        Document.objects.published().exclude(supersedes=None).values_list("supersedes_id", flat=True)
    )  # fmt: skip
    for document in rows.defer("content", "prepared", "supersedes__content", "supersedes__prepared").iterator():
        name, before, award = _named(document), document.supersedes, document.award
        if document.state == DocumentState.SUPERSEDED and document.pk not in followed:
            yield f"{name} was replaced, but by nothing."
        if before is not None and (before.kind, before.award_id) != (document.kind, document.award_id):
            yield f"{name} replaces a paper of another award."
        if before is not None and document.state != DocumentState.PREPARED and before.state not in ENDED:
            yield f"{name} replaces {before.public_id}, which is still in force."
        if award is not None and document.state == DocumentState.SIGNED and award.state == AwardState.RESCINDED:
            yield f"{name} is in force, but its award was rescinded."


def _named(document: Document) -> str:
    """The document in a sentence: *Credential* or *Transcript* and its id."""
    noun = "credential" if document.kind == DocumentKind.BADGE else document.kind
    return f"{noun.capitalize()} {document.public_id}"


def _wrong_lists(at: datetime) -> Iterator[str]:
    """Each list has its digest and proof, is current, and its set bits are those of ended credentials."""
    keys = {key.method: key for key in IssuerKey.objects.select_related("issuer")}
    for status_list in StatusList.objects.select_related("issuer").order_by("pk"):
        if status_list.content is None or status_list.valid_until is None:
            yield f"Status list {status_list.public_id} was never published."
            continue
        if status_list.valid_until <= at:
            yield f"Status list {status_list.public_id} is out of date."
        content = bytes(status_list.content)
        if digest_of_bytes(content) != status_list.digest:
            yield f"Status list {status_list.public_id} holds other bytes than its digest says."
        try:
            document: dict[str, Any] = json.loads(content)
            key = keys[document["proof"]["verificationMethod"]]
            bits = decoded_list(document["credentialSubject"]["encodedList"], max_bytes=LIST_LENGTH // 8)
        except (ValueError, KeyError):
            yield f"Status list {status_list.public_id} cannot be read, or names no key of ours."
            continue
        yield from _wrong_proof(status_list, document, key)
        yield from _wrong_bits(status_list, indexes_of(bits), at)


def _wrong_proof(status_list: StatusList, document: dict[str, Any], key: IssuerKey) -> Iterator[str]:
    if key.state == KeyState.COMPROMISED:
        yield f"Status list {status_list.public_id} is signed with a key that got out."
    try:
        verify_proof(document, multibase=key.public_multibase)
    except SigningUnavailableError:
        yield f"Status list {status_list.public_id} could not be checked: the library is not the one that was tested."
    except NotVerifiedError:
        yield f"Status list {status_list.public_id} has a proof that does not fit its document."


def _wrong_bits(status_list: StatusList, found: set[int], at: datetime) -> Iterator[str]:
    ended = dict(
        Document.objects.ended()
        .filter(status_entry__status_list=status_list)
        .values_list("status_entry__index", "public_id")
    )
    for index in sorted(found - ended.keys()):
        yield f"Status list {status_list.public_id} has bit {index} set, which no ended credential has."
    unseen = Document.objects.ended().filter(status_entry__status_list=status_list)
    late = unseen.filter(status_entry__index__in=ended.keys() - found)
    for document in late.defer("content", "prepared").order_by("pk"):
        since = document.revoked_at or document.superseded_at
        if since is not None and since <= at - SEEN_WITHIN:
            bit = f"its bit in status list {status_list.public_id}"
            yield f"{_named(document)} ended, but {bit} is not set."


def _waiting(at: datetime) -> Iterator[str]:
    """Each award has a credential soon, if its organization has an issuer that signs."""
    unsigned = Credential.objects.prepared().filter(prepared_at__lt=at - SIGNED_WITHIN)
    for public_id in unsigned.order_by("pk").values_list("public_id", flat=True):
        yield f"Credential {public_id} was prepared and never signed."
    waiting = awards_without_credential().filter(decided_at__lt=at - SIGNED_WITHIN)
    for award in waiting.select_related("achievement__organization__parent").order_by("pk"):
        issuer = issuer_for(issuing_organization_of(award.achievement))
        signs_since = IssuerKey.objects.filter(issuer=issuer, made_at__lt=at - SIGNED_WITHIN).exists()
        if issuer is not None and signs_since:
            yield f"Award {award.public_id} stands, but there is no credential of it."
