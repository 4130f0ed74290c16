"""What holds of credentials' rows beyond what a constraint can say; called by the command that checks the whole."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.text.canonical import digest_of_bytes
from credentials.badges.formats.data_integrity import verify_proof
from credentials.badges.formats.errors import NotVerifiedError, SealedUnderAnotherError, SigningUnavailableError
from credentials.badges.formats.multikey import multibase_of
from credentials.badges.formats.status_list import decoded_list, indexes_of
from credentials.badges.rules import name_digest
from credentials.errors import NoKeySecretError
from credentials.issuing.queries.credentials import awards_without_credential
from credentials.issuing.queries.issuers import issuer_for, issuing_organization_of
from credentials.issuing.queries.signers import signer_of
from credentials.models import LIST_LENGTH, Credential, CredentialState, Issuer, IssuerKey, KeyState, StatusList
from programs.models import AwardState

# What the jobs of a working installation take; what takes longer is a problem.
SIGNED_WITHIN = timedelta(minutes=10)
SEEN_WITHIN = timedelta(seconds=60)
ENDED = (CredentialState.SUPERSEDED, CredentialState.REVOKED)


def problems(*, at: datetime | None = None) -> Iterator[str]:
    """A plain sentence for each thing that is wrong at the instant `at`, now unless said."""
    moment = at or clock.now()
    yield from _wrong_keys()
    yield from _wrong_papers()
    yield from _wrong_chains()
    yield from _wrong_lists(moment)
    yield from _waiting(moment)


def _wrong_keys() -> Iterator[str]:
    """Every private half opens and belongs to its public half; every issuer in use has a key that signs."""
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


def _wrong_papers() -> Iterator[str]:
    """Every document is what was signed, says what the rows say, and carries the name that its digest stands for."""
    rows = Credential.objects.whole().select_related("award__achievement__organization").order_by("pk")
    for paper in rows.iterator(chunk_size=100):
        if paper.name is not None and name_digest(paper.name, bytes(paper.salt)) != paper.name_digest:
            yield f"Credential {paper.public_id} carries another name than its digest says."
        if paper.content is not None:
            yield from _wrong_document(paper)


def _wrong_document(paper: Credential) -> Iterator[str]:
    content = bytes(paper.content or b"")
    if digest_of_bytes(content) != paper.digest:
        yield f"Credential {paper.public_id} holds other bytes than its digest says."
    try:
        document: dict[str, Any] = json.loads(content)
        verify_proof(document, multibase=paper.key.public_multibase)
    except SigningUnavailableError:
        yield f"Credential {paper.public_id} could not be checked: the signing library is not the one that was tested."
        return
    except (ValueError, NotVerifiedError):
        yield f"Credential {paper.public_id} has a proof that does not fit its document."
        return
    status = document["credentialStatus"]
    said = (
        document["id"],
        document["issuer"]["id"],
        document["proof"]["verificationMethod"],
        document["awardedDate"][:10],
        (status["statusListCredential"], status["statusListIndex"]),
    )
    rows = (
        paper.url,
        paper.issuer.did,
        paper.key.method,
        str(paper.award.awarded_on),
        (paper.status_list.url, str(paper.status_index)),
    )
    names = ("address", "issuer", "key", "day of the award", "status entry")
    for name, signed, kept in zip(names, said, rows, strict=True):
        if signed != kept:
            yield f"Credential {paper.public_id} was signed with another {name} than its row has."


def _wrong_chains() -> Iterator[str]:
    """A replaced paper has one successor that was signed; a paper that replaces one has replaced it."""
    rows = Credential.objects.exclude(state=CredentialState.VOIDED).select_related("supersedes", "award").order_by("pk")
    followed = set(
        Credential.objects.published().exclude(supersedes=None).values_list("supersedes_id", flat=True)
    )  # fmt: skip
    for paper in rows.defer("content", "prepared", "supersedes__content", "supersedes__prepared").iterator():
        if paper.state == CredentialState.SUPERSEDED and paper.pk not in followed:
            yield f"Credential {paper.public_id} was replaced, but by nothing."
        before = paper.supersedes
        if before is not None and before.award_id != paper.award_id:
            yield f"Credential {paper.public_id} replaces a paper of another award."
        if before is not None and paper.state != CredentialState.PREPARED and before.state not in ENDED:
            yield f"Credential {paper.public_id} replaces {before.public_id}, which is still in force."
        if paper.state == CredentialState.SIGNED and paper.award.state == AwardState.RESCINDED:
            yield f"Credential {paper.public_id} is in force, but its award was rescinded."


def _wrong_lists(at: datetime) -> Iterator[str]:
    """Every list is what was signed, of this week, and its bits are the ends of its credentials."""
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
            bits = decoded_list(document["credentialSubject"]["encodedList"], most=LIST_LENGTH // 8)
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
        Credential.objects.ended()
        .filter(status_entry__status_list=status_list)
        .values_list("status_entry__index", "public_id")
    )
    for index in sorted(found - ended.keys()):
        yield f"Status list {status_list.public_id} has bit {index} set, which no ended credential has."
    unseen = Credential.objects.ended().filter(status_entry__status_list=status_list)
    late = unseen.filter(status_entry__index__in=ended.keys() - found)
    for paper in late.defer("content", "prepared").order_by("pk"):
        since = paper.revoked_at or paper.superseded_at
        if since is not None and since <= at - SEEN_WITHIN:
            yield f"Credential {paper.public_id} ended, but its bit in status list {status_list.public_id} is not set."


def _waiting(at: datetime) -> Iterator[str]:
    """What is awarded is on paper soon, where somebody signs."""
    unsigned = Credential.objects.prepared().filter(prepared_at__lt=at - SIGNED_WITHIN)
    for public_id in unsigned.order_by("pk").values_list("public_id", flat=True):
        yield f"Credential {public_id} was prepared and never signed."
    waiting = awards_without_credential().filter(decided_at__lt=at - SIGNED_WITHIN)
    for award in waiting.select_related("achievement__organization__parent").order_by("pk"):
        issuer = issuer_for(issuing_organization_of(award.achievement))
        signs_since = IssuerKey.objects.filter(issuer=issuer, made_at__lt=at - SIGNED_WITHIN).exists()
        if issuer is not None and signs_since:
            yield f"Award {award.public_id} stands, but there is no credential of it."
