"""The lock that every write about a learner takes first."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import Learner, linked_ids


class _GroupGrewError(Exception):
    """A record was linked while we waited; its lock must be taken in order too."""


def lock_learners(learner_ids: Iterable[int]) -> list[Learner]:
    """Lock these learners and every record linked with them, and return the rows, lowest id first.

    FOR NO KEY UPDATE in id order: two writers of one person queue, and two batches cannot wait for each other in a
    ring. Read the clock after this. Must run inside a transaction; ids that do not exist are left out.
    """
    wanted = sorted(set(learner_ids))
    while True:
        try:
            with transaction.atomic():  # a savepoint: rolling back to it lets the locks go
                return _locked(wanted)
        except _GroupGrewError:
            continue


def lock_learner(learner: Learner) -> Learner:
    """Lock one person and return this record, fresh from the database."""
    return next(row for row in lock_learners([learner.pk]) if row.pk == learner.pk)


def _locked(wanted: list[int]) -> list[Learner]:
    group = sorted(linked_ids(*wanted))
    rows = list(Learner.objects.select_for_update(no_key=True).filter(pk__in=group).order_by("pk"))
    if set(linked_ids(*wanted)) - {row.pk for row in rows}:
        raise _GroupGrewError
    return rows
