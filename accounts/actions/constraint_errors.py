"""Translation of a violated database constraint into the named error that a caller can act on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext

from django.db import IntegrityError, transaction

from core.database.constraint_messages import violated_constraint


@contextmanager
def constraint_errors(error_of_constraint: Mapping[str, type[Exception]], *, goes_on: bool = True) -> Iterator[None]:
    """Raise the error that belongs to the constraint which a write inside the block violates.

    The keys are names of constraints. Other integrity errors pass unchanged. Two simultaneous writers get the same
    error as two consecutive ones, because the constraint decides and not a query beforehand.
    The write runs in a savepoint, so that the surrounding transaction can continue. With `goes_on=False` it runs in
    the surrounding transaction itself: a violation undoes all of it, and two statements are saved.
    """
    try:
        with transaction.atomic() if goes_on else nullcontext():
            yield
    except IntegrityError as error:
        constraint = violated_constraint(error)
        if constraint not in error_of_constraint:
            raise
        raise error_of_constraint[constraint] from error
