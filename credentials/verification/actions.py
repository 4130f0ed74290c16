"""Comparing a typed name with the one that a document prints."""

from django.db import transaction

from accounts.actions.locked_learner import locked_learner
from accounts.queries.name_comparison import comparison_obstacles_of
from accounts.rules.name_spelling import compared_name
from credentials.models import TRIES_A_DAY, NameComparison
from credentials.verification.queries.printed_names import document_in_force, printed_name


@transaction.atomic
def compare_name(code: str, *, typed: str) -> bool:
    """Return whether a typed name is the one on the document with this code; the holder sees that somebody asked.

    False is also the answer where no name is compared and when the tries of the day are used up: neither from the
    answer nor from what it takes can anybody tell which it was.
    """
    found = document_in_force(code)
    if found is None:
        return False
    locked = locked_learner(found.learner, at=None)
    # Asked again after the lock: the document may have been replaced meanwhile, and others may have used up the tries.
    document = document_in_force(code)
    tries = NameComparison.objects.filter(document=found, day=locked.today).count()
    if document is None or tries >= TRIES_A_DAY:
        return False
    # Where no name is compared, the same is read, compared and counted, so that the time tells nothing either.
    obstacles = comparison_obstacles_of(locked.record, at=locked.at)
    printed = printed_name(document)
    matched = compared_name(typed) == compared_name(printed) and bool(printed) and not obstacles
    NameComparison.objects.create(
        learner=locked.record,
        document=document,
        day=locked.today,
        number=tries + 1,
        matched=matched,
        compared_at=locked.at,
    )
    return matched
