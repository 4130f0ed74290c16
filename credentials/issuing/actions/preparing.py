"""Preparing: everything that a signature depends on is decided, linted and stored; signing only adds the proof."""

import secrets
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.locked_learner import locked_learner
from accounts.models import Learner
from accounts.queries.people import account_of
from core.database.compiled import compiled
from core.database.storing import insert_linked
from core.jobs import enqueue
from credentials import jobs
from credentials.badges.formats.canary import refuse_unless_known
from credentials.badges.formats.data_integrity import proof_options
from credentials.badges.formats.lint import lint_badge
from credentials.badges.formats.open_badge import credential as badge_of
from credentials.badges.rules import CredentialFacts, Identity, name_digest
from credentials.errors import (
    LintError,
    NoIssuerError,
    StatusListFullError,
)
from credentials.issuing.actions.definitions import publish_definition
from credentials.issuing.actions.status_lists import free_bit
from credentials.issuing.queries.definitions import definition_of
from credentials.issuing.queries.document_names import name_on_credential
from credentials.issuing.queries.issuers import active_key_of, facts_of_issuer, issuer_for, issuing_organization_of
from credentials.models import (
    Credential,
    DocumentCode,
    DocumentKind,
    Issuer,
    IssueReason,
    StatusEntry,
)
from credentials.rules.codes import BYTES, code_of
from programs.awards.queries.facts import award_with_facts, facts_of_joined
from programs.awards.rules import AwardFacts
from programs.models import Award

MAX_TRIES = 5
SALT_BYTES = 16


class _TakenError(Exception):
    """Another transaction has taken the same code or bit."""


@transaction.atomic
def issue_award(award: Award) -> Credential | None:
    """Prepare the first credential of an award; None if the award is not granted or has a credential already.

    Raises NoIssuerError, NoActiveKeyError, NoLegalNameError, LintError, SigningUnavailableError.
    """
    # Two jobs of one award queue here: the second finds the credential of the first.
    locked = locked_learner(award.learner, at=None)
    granted = award_with_facts(award.pk)
    if granted is None or not granted.stands or _credentials_of(granted.learner_id, granted.pk):
        return None
    reason = IssueReason.RENEWAL if granted.cycle > 1 else IssueReason.FIRST
    return prepare(granted, reason=reason, supersedes=None, at=locked.second)


@compiled
def _credentials_of(learner: int, award: int) -> QuerySet[Credential, tuple[int]]:
    rows = Credential.objects.filter(learner=learner, award=award).exclude(state="voided")
    return rows.order_by("pk").values_list("pk")[:1]


@transaction.atomic
def enqueue_issuing(award: Award) -> None:
    """Enqueue once more the issuing of an award that has no credential."""
    enqueue(jobs.ISSUE, award.pk, unique=True)


def prepare(award: Award, *, reason: IssueReason, supersedes: Credential | None, at: datetime) -> Credential:
    """Store a credential of this award that waits for its signature, and enqueue the signing.

    `award` is as `award_with_facts` reads it. The caller holds the learner's lock and read `at` after it, so that the
    credentials of one learner are in the order of their issue. Raises as `issue_award`, and StatusListFullError.
    """
    refuse_unless_known()
    issuer = issuer_for(issuing_organization_of(award.achievement))
    if issuer is None:
        raise NoIssuerError("no issuer signs for the organization that awards")
    facts = facts_of_joined(award)
    name = name_on_credential(facts, award.learner, reason=reason, supersedes=supersedes, at=at)
    # Codes and bits are random, and constraints keep them unique: a collision is drawn again, in a savepoint.
    for _attempt in range(MAX_TRIES):
        try:
            stored = _stored(award, facts, issuer, name, reason, supersedes, at)
        except _TakenError:
            continue
        enqueue(jobs.SIGN, stored.pk)
        return stored
    raise StatusListFullError("codes or bits collided several times")


def _stored(  # noqa: PLR0917 - one step of prepare, cut out to be tried again
    award: Award,
    facts: AwardFacts,
    issuer: Issuer,
    name: str,
    reason: IssueReason,
    supersedes: Credential | None,
    at: datetime,
) -> Credential:
    status_list, index = free_bit(issuer, at=at)
    # The document states the key, so that a rotation before the signing voids what is prepared here.
    key = active_key_of(issuer)
    public_id, salt = uuid4(), secrets.token_bytes(SALT_BYTES)
    definition = definition_of(publish_definition(award.achievement_version, at=at))
    issued = CredentialFacts(
        url=f"{issuer.origin}/credentials/{public_id}",
        status_list_url=status_list.url,
        status_index=index,
        issued_at=at,
        identities=_identities(award.learner, facts),
    )
    document = badge_of(facts, definition=definition, issuer=facts_of_issuer(issuer), issued=issued)
    # The options are part of what is signed: stored now, a repeated signing gives the same bytes.
    document["proof"] = proof_options(key.method, created=at)
    # Linted now, before anybody waits for the signature; signing lints again, because the code may have changed.
    problems = lint_badge(document, did=issuer.did, at=at)
    if problems:
        raise LintError("; ".join(map(str, problems))[:400])
    collisions = {"document_code_is_one": _TakenError, "status_entry_bit_is_one": _TakenError}
    with constraint_errors(collisions):
        stored = Credential(
            learner=award.learner,
            public_id=public_id,
            kind=DocumentKind.BADGE,
            award=award,
            issuer=issuer,
            key=key,
            reason=reason,
            supersedes=supersedes,
            name=name,
            salt=salt,
            name_digest=name_digest(name, salt),
            prepared=document,
            prepared_at=at,
            issued_at=at,
        )
        code = DocumentCode(learner=award.learner, code=code_of(secrets.token_bytes(BYTES)))
        entry = StatusEntry(learner=award.learner, status_list=status_list, index=index)
        insert_linked(stored, code, entry, link="document")
    return stored


def _identities(learner: Learner, facts: AwardFacts) -> tuple[Identity, ...]:
    """The identifiers that the holder can prove: the address of their account, and their learner number."""
    account = account_of(learner)
    values = [("emailAddress", account.email if account else ""), ("identifier", facts.learner_number)]
    # Never empty: a constraint asks every record for a learner number.
    return tuple(Identity(kind, value, secrets.token_hex(SALT_BYTES)) for kind, value in values if value)
