"""Comparing a typed name with the one that a document prints."""

from django.db import transaction

from accounts.actions.locked_learner import locked_learner
from accounts.rules.names import compared_name
from core import clock
from credentials.models import TRIES_A_DAY, NameComparison
from credentials.verification.queries.printed_names import comparable_document, printed_name


@transaction.atomic
def compare_name(code: str, *, typed: str) -> bool:
    """Return whether a typed name is the one on the document with this code; the holder sees that somebody asked.

    False is also the answer where no name is compared and when the tries of the day are used up: from the answer
    nobody can tell which it was.
    """
    found = comparable_document(code, at=clock.now())
    if found is None:
        return False
    locked = locked_learner(found.learner, at=None)
    # Asked again after the lock: the document may have been replaced, or its holder may have said no meanwhile.
    document = comparable_document(code, at=locked.at)
    tries = NameComparison.objects.filter(document=found, day=locked.today).count()
    if document is None or tries >= TRIES_A_DAY:
        return False
    matched = compared_name(typed) == compared_name(printed_name(document))
    NameComparison.objects.create(
        learner=locked.record,
        document=document,
        day=locked.today,
        number=tries + 1,
        matched=matched,
        compared_at=locked.at,
    )
    return matched
