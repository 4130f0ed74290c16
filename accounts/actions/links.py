"""Saying that two records are one person, and taking it back."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.actions.history import noted
from accounts.actions.locking import lock_learners
from accounts.errors import AlreadyEndedError, AlreadyOnePersonError, SameRecordError
from accounts.models import Learner, LearnerLink, User
from accounts.rules.linking import persons


@transaction.atomic
def link_records(one: Learner, *, other: Learner, reason: str, by: User, at: datetime) -> LearnerLink:
    """State that two records are one person; every record linked with either joins in, the lowest id carries it.

    No row of either is rewritten. Raises SameRecordError, AlreadyOnePersonError.
    """
    if one.pk == other.pk:
        raise SameRecordError
    low, high = sorted([one.pk, other.pk])
    with noted(reason, by):
        rows = {row.pk: row for row in lock_learners([low, high])}
        if rows[low].canonical_id == rows[high].canonical_id:
            raise AlreadyOnePersonError
        link = LearnerLink.objects.create(learner_id=low, other_id=high, reason=reason, linked_by=by, linked_at=at)
        _point_at_persons(rows.values())
    return link


@transaction.atomic
def unlink_records(link: LearnerLink, *, reason: str, by: User, at: datetime) -> LearnerLink:
    """Take the statement back; each part is a person again, and the other links stand as they were made.

    Raises AlreadyEndedError.
    """
    with noted(reason, by):
        rows = lock_learners([link.learner_id])
        locked = LearnerLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
        if locked.unlinked_at is not None:
            raise AlreadyEndedError
        locked.unlinked_at, locked.unlinked_by, locked.unlink_reason = at, by, reason
        locked.save(update_fields=["unlinked_at", "unlinked_by", "unlink_reason"])
        _point_at_persons(rows)
    return locked


def _point_at_persons(rows: Iterable[Learner]) -> None:
    """Write `same_as` anew for locked records, from the links in force among them."""
    records = {row.pk: row for row in rows}
    links = LearnerLink.objects.in_force().filter(learner__in=records).values_list("learner_id", "other_id")
    for pk, person in persons(records, links).items():
        same_as = None if person == pk else person
        if records[pk].same_as_id != same_as:
            records[pk].same_as_id = same_as
            records[pk].save(update_fields=["same_as"])
