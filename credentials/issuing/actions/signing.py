"""Signing: one repeatable transaction that signs a prepared credential, or voids it."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.actions.locked_learner import locked_learner
from core.database.compiled import compiled
from core.database.prepared import prepared_cursor
from core.database.storing import update_columns
from core.jobs import enqueue
from core.text.canonical import digest_of_bytes
from credentials import jobs
from credentials.badges.formats.canary import refuse_unless_known
from credentials.badges.formats.data_integrity import bytes_of, signed
from credentials.badges.formats.errors import NotVerifiedError
from credentials.badges.formats.guard import refuse_unless_sound
from credentials.badges.formats.lint import lint_badge
from credentials.errors import LintError, SelfCheckFailedError
from credentials.issuing.queries.definitions import repeats_its_definition
from credentials.issuing.queries.signers import signer_of
from credentials.models import Credential, Document, DocumentState, IssueReason, KeyState, RevocationClass


@transaction.atomic
def sign_prepared(credential: Credential) -> Credential:
    """Sign, let the guard check the bytes, and store them; the replaced credential ends in the same transaction.

    The credential is voided if its award is no longer granted. It is voided and enqueued again if its key has ended, or
    if it does not repeat the published definition of its achievement (invariant 28).
    A second call changes nothing. Raises LintError, SelfCheckFailedError, SigningUnavailableError.
    """
    at = locked_learner(credential.learner, at=None).second
    (locked,) = _locked(credential.pk)
    if locked.state != DocumentState.PREPARED:
        return locked  # the job ran before
    if not locked.award.stands:
        return _void(locked)
    # Prepared before its achievement had a definition, it would describe the achievement in other words.
    if _state_held(locked.key.pk) != KeyState.ACTIVE or not repeats_its_definition(locked):
        _void(locked)
        _enqueue_again(locked)
        return locked
    locked.content = _signed_bytes(locked, at=at)
    locked.digest = digest_of_bytes(locked.content)
    locked.prepared, locked.state, locked.signed_at = None, DocumentState.SIGNED, at
    if locked.supersedes is not None:
        _supersede(locked.supersedes, at=at, under_new_key=locked.reason == IssueReason.KEY_REPLACED)
    update_columns([locked], ("content", "digest", "prepared", "state", "signed_at"))
    # In this transaction: no mail about a credential that was rolled back.
    enqueue(jobs.NOTIFY_HOLDER, locked.pk)
    return locked


@compiled
def _locked(credential: int) -> QuerySet[Credential]:
    # Only the row itself: two credentials of one issuer are signed at once, and the learner's lock guards the rest.
    rows = Credential.objects.filter(pk=credential).select_for_update(of=("self",))
    return rows.select_related("award", "issuer", "key__issuer", "supersedes")


def _state_held(key: int) -> str:
    """Return the state of a key, which stays so until this transaction ends.

    The lock is shared: signers do not wait for each other. A report that the key got out waits for them, and finds what
    they signed; else it would be issued anew only by chance.
    """
    with prepared_cursor(connection.alias) as cursor:
        cursor.execute(HOLD_KEY, [key])
        state: str = cursor.fetchone()[0]
    return state


HOLD_KEY = "SELECT state FROM credentials_issuerkey WHERE id = %s FOR SHARE"


def _supersede(document: Document, *, at: datetime, under_new_key: bool) -> None:
    """End a document because a newer one of the same award is in force; a job publishes its bit."""
    document.state, document.superseded_at = DocumentState.SUPERSEDED, at
    document.revocation_class = RevocationClass.KEY_REPLACED if under_new_key else RevocationClass.REPLACED
    document.save(update_fields=["state", "superseded_at", "revocation_class"])
    enqueue(jobs.PUBLISH, document.status_entry.status_list_id, unique=True)


def _signed_bytes(credential: Credential, *, at: datetime) -> bytes:
    refuse_unless_known()
    document = credential.prepared or {}
    problems = lint_badge(document, did=credential.issuer.did, at=at)
    if problems:
        raise LintError("; ".join(map(str, problems))[:400])
    # Ed25519 is deterministic: after a crash the same document gets the same signature.
    content = bytes_of(signed(document, signer_of(credential.key)))
    try:
        refuse_unless_sound(content, multibase=credential.key.public_multibase)
    except NotVerifiedError as error:
        raise SelfCheckFailedError("a credential did not verify") from error
    return content


def _void(credential: Credential) -> Credential:
    credential.state, credential.prepared = DocumentState.VOIDED, None
    credential.save(update_fields=["state", "prepared"])
    return credential


def _enqueue_again(credential: Credential) -> None:
    if credential.supersedes is None:
        enqueue(jobs.ISSUE, credential.award.pk, unique=True)
    else:
        enqueue(jobs.PREPARE_SUCCESSOR, credential.pk, unique=True)
