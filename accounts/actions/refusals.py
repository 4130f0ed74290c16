"""A constraint's refusal, as the named error that a caller can act on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext

from django.db import IntegrityError, transaction


@contextmanager
def refused_as(errors: Mapping[str, type[Exception]], *, goes_on: bool = True) -> Iterator[None]:
    """Raise the error that stands for the constraint which refuses a write inside; others stay what they are.

    The write runs in a savepoint, so that the transaction around it can go on; not where `goes_on` is False: then a
    refusal undoes all of it, and the two statements of the savepoint are saved. Two people at once get the same answer
    as one after the other: the constraint judges, not a look beforehand.
    """
    try:
        with transaction.atomic() if goes_on else nullcontext():
            yield
    except IntegrityError as refused:
        constraint = getattr(getattr(refused.__cause__, "diag", None), "constraint_name", None)
        if not isinstance(constraint, str) or constraint not in errors:
            raise
        raise errors[constraint] from refused
