"""A new credential of the same award: in a new name, corrected, or under a new key. The award and its date stay."""

from django.db import transaction

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.locking import database_now, lock_learner
from accounts.models import User
from accounts.queries import legal_name_of
from core import clock
from credentials.errors import AwardNotStandingError, BeingSignedError, NameUnchangedError, NotInForceError
from credentials.issuing.actions.preparing import prepare
from credentials.issuing.queries.issuers import issuing_organization_of
from credentials.models import Credential, CredentialState, IssueReason


@transaction.atomic
def reissue(credential: Credential, *, reason: IssueReason, by: User | None) -> Credential:
    """Prepare the successor of a credential in force; once the successor is signed, this one is *replaced*.

    If the credential was revoked while its award is still granted, the new one replaces nothing.
    Raises NotInForceError, AwardNotStandingError, BeingSignedError, NameUnchangedError if the legal name is the same,
    and the errors of `prepare`.
    """
    del by  # the history of the desk records who asked; the credential does not
    lock_learner(credential.learner)
    locked = Credential.objects.select_related("award__achievement__organization", "learner").get(pk=credential.pk)
    revoked = locked.state == CredentialState.REVOKED and not _others_in_force(locked)
    if locked.state != CredentialState.SIGNED and not revoked:
        raise NotInForceError
    if not locked.award.stands:
        raise AwardNotStandingError
    if reason == IssueReason.NAME and locked.name is not None and locked.name == _legal_name(locked):
        raise NameUnchangedError
    # Two registrars may ask at once: the constraints let one successor be prepared.
    with constraint_errors(
        {
            "document_one_prepared_per_award": BeingSignedError,
            "document_superseded_by_one": BeingSignedError,
        }
    ):
        return prepare(locked.award, reason=reason, supersedes=None if revoked else locked)


@transaction.atomic
def prepare_again(voided: Credential) -> Credential | None:
    """Prepare a successor again after it was voided because its key had ended; None if it is no longer needed."""
    lock_learner(voided.learner)
    before = Credential.objects.get(successors=voided)
    waits = Credential.objects.prepared().filter(learner=voided.learner_id, award=voided.award_id).exists()
    if before.state != CredentialState.SIGNED or waits or not voided.award.stands:
        return None
    return prepare(voided.award, reason=IssueReason(voided.reason), supersedes=before)


def _others_in_force(credential: Credential) -> bool:
    return Credential.objects.signed().filter(learner=credential.learner_id, award=credential.award_id).exists()


def _legal_name(credential: Credential) -> str | None:
    today = clock.civil_date(database_now(), issuing_organization_of(credential.award.achievement).zone)
    legal = legal_name_of(credential.learner, on=today)
    return legal.text if legal else None
