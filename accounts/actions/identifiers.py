"""Adding and ending the identifiers that other systems use for a learner."""

from datetime import datetime

from django.db import transaction

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.history import change_context
from accounts.actions.locked_learner import locked_learner
from accounts.errors import AlreadyEndedError, IdentifierTakenError
from accounts.models import Learner, LearnerIdentifier, User


@transaction.atomic
def add_identifier(
    learner: Learner,
    *,
    scheme: str,
    value: str,
    by: User | None,
    at: datetime,
    issuer: str = "",
    prints: bool = False,
    reason: str = "",
) -> LearnerIdentifier:
    """Add an identifier; documents show it only if `prints` is set.

    Raises IdentifierTakenError, with the id of the learner who has the identifier if it is known, and OwnRecordError.
    """
    columns = {"scheme": scheme.strip(), "issuer": issuer.strip(), "value": value.strip()}
    with change_context(reason, by):
        locked_learner(learner, at=None).require_another(by)
        # This lookup only names the other learner in the error. The constraint below decides, also between two writers.
        owner_id = LearnerIdentifier.objects.current().filter(**columns).values_list("learner_id", flat=True).first()
        if owner_id is not None:
            raise IdentifierTakenError(owner_id)
        with constraint_errors({"learner_identifier_names_one_learner": IdentifierTakenError}):
            return LearnerIdentifier.objects.create(learner=learner, **columns, prints=prints, created_at=at)


@transaction.atomic
def end_identifier(identifier: LearnerIdentifier, *, by: User, at: datetime, reason: str) -> LearnerIdentifier:
    """End an identifier. Another learner may get it afterwards.

    Raises AlreadyEndedError, OwnRecordError.
    """
    with change_context(reason, by):
        locked_learner(identifier.learner, at=None).require_another(by)
        locked = LearnerIdentifier.objects.select_for_update(no_key=True).get(pk=identifier.pk)
        if locked.ended_at is not None:
            raise AlreadyEndedError
        locked.ended_at = at
        locked.save(update_fields=["ended_at"])
    return locked
