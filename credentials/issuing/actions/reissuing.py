"""A new credential of the same award: in a new name, corrected, or under a new key. The award and its date stay."""

from typing import cast

from django.db import transaction

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.locked_learner import locked_learner
from accounts.models import User
from credentials.errors import AwardNotStandingError, BeingSignedError, NameUnchangedError, NotInForceError
from credentials.issuing.actions.preparing import prepare
from credentials.issuing.queries.document_names import legal_name_at
from credentials.models import Credential, DocumentState, IssueReason
from programs.awards.queries.facts import award_with_facts
from programs.models import Award


@transaction.atomic
def reissue(credential: Credential, *, reason: IssueReason, by: User | None) -> Credential:
    """Prepare the successor of a credential in force; once the successor is signed, this one is *replaced*.

    If the credential was revoked while its award is still granted, the new one replaces nothing.
    Raises NotInForceError, AwardNotStandingError, BeingSignedError, NameUnchangedError if the legal name is the same,
    OwnRecordError, and the errors of `prepare`.
    """
    person = locked_learner(credential.learner, at=None)
    person.require_another(by)  # the history of the desk records who asked; the credential does not
    at = person.second
    locked = Credential.objects.select_related("learner").get(pk=credential.pk)
    award = _award_of(locked)
    revoked = locked.state == DocumentState.REVOKED and not _others_in_force(locked)
    if locked.state != DocumentState.SIGNED and not revoked:
        raise NotInForceError
    if award is None or not award.stands:
        raise AwardNotStandingError
    if reason == IssueReason.NAME and locked.name is not None and locked.name == legal_name_at(award, at=at):
        raise NameUnchangedError
    # Two registrars may ask at once: the constraints let one successor be prepared.
    with constraint_errors(
        {
            "document_one_prepared_per_award": BeingSignedError,
            "document_superseded_by_one": BeingSignedError,
        }
    ):
        return prepare(award, reason=reason, supersedes=None if revoked else locked, at=at)


@transaction.atomic
def prepare_again(voided: Credential) -> Credential | None:
    """Prepare a successor again after it was voided because its key had ended; None if it is no longer needed."""
    at = locked_learner(voided.learner, at=None).second
    before = Credential.objects.get(successors=voided)
    waits = Credential.objects.prepared().filter(learner=voided.learner_id, award=voided.award_id).exists()
    award = _award_of(voided)
    if before.state != DocumentState.SIGNED or waits or award is None or not award.stands:
        return None
    return prepare(award, reason=IssueReason(voided.reason), supersedes=before, at=at)


def _award_of(credential: Credential) -> Award | None:
    # The column is NULL for other kinds of documents; a constraint says that a badge has an award.
    return award_with_facts(cast("int", credential.award_id))


def _others_in_force(credential: Credential) -> bool:
    return Credential.objects.signed().filter(learner=credential.learner_id, award=credential.award_id).exists()
