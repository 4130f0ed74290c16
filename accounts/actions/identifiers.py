"""What other systems call a learner."""

from datetime import datetime

from django.db import transaction

from accounts.actions.history import noted
from accounts.actions.locking import lock_learner
from accounts.actions.refusals import refused_as
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
    """Write down an identifier; it does not print unless said.

    Raises IdentifierTakenError, with the id of the learner who has it where that is known.
    """
    facts = {"scheme": scheme.strip(), "issuer": issuer.strip(), "value": value.strip()}
    with noted(reason, by):
        lock_learner(learner)
        taken = LearnerIdentifier.objects.current().filter(**facts).values_list("learner_id", flat=True).first()
        if taken is not None:
            raise IdentifierTakenError(taken)
        with refused_as({"learner_identifier_names_one_learner": IdentifierTakenError}):
            return LearnerIdentifier.objects.create(learner=learner, **facts, prints=prints, created_at=at)


@transaction.atomic
def end_identifier(identifier: LearnerIdentifier, *, by: User, at: datetime, reason: str) -> LearnerIdentifier:
    """Take an identifier out of use; another learner may then have it.

    Raises AlreadyEndedError.
    """
    with noted(reason, by):
        lock_learner(identifier.learner)
        locked = LearnerIdentifier.objects.select_for_update(no_key=True).get(pk=identifier.pk)
        if locked.ended_at is not None:
            raise AlreadyEndedError
        locked.ended_at = at
        locked.save(update_fields=["ended_at"])
    return locked
