"""Linking two records of one person, and undoing the link."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.actions.history import change_context
from accounts.actions.locking import lock_learners
from accounts.errors import AlreadyEndedError, AlreadyOnePersonError, OwnRecordError, SameRecordError
from accounts.models import Learner, LearnerLink, User
from accounts.rules.linking import canonical_ids


@transaction.atomic
def link_records(learner: Learner, *, other: Learner, reason: str, by: User, at: datetime) -> LearnerLink:
    """Record that two records belong to one person.

    All records linked with either of them become one group; the record with the lowest id carries the derived rows.
    The rows of the records stay unchanged. Raises SameRecordError, AlreadyOnePersonError, and OwnRecordError for
    somebody to whom one of the records belongs.
    """
    if learner.pk == other.pk:
        raise SameRecordError
    lower, higher = sorted([learner.pk, other.pk])
    with change_context(reason, by):
        # Locks the groups of both records, so that nobody extends one of them meanwhile.
        records = {record.pk: record for record in lock_learners([lower, higher])}
        _require_another(by, records.values())
        if records[lower].canonical_id == records[higher].canonical_id:
            raise AlreadyOnePersonError
        # Links must not form a ring, so that ending a link always separates two groups.
        link = LearnerLink.objects.create(learner_id=lower, other_id=higher, reason=reason, linked_by=by, linked_at=at)
        _write_same_as(records.values())
    return link


@transaction.atomic
def unlink_records(link: LearnerLink, *, reason: str, by: User, at: datetime) -> LearnerLink:
    """End a link: each part is a person of its own again, and the other links stay in force.

    Raises AlreadyEndedError, OwnRecordError.
    """
    with change_context(reason, by):
        records = lock_learners([link.learner_id])
        _require_another(by, records)
        locked = LearnerLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
        if locked.unlinked_at is not None:
            raise AlreadyEndedError
        locked.unlinked_at, locked.unlinked_by, locked.unlink_reason = at, by, reason
        locked.save(update_fields=["unlinked_at", "unlinked_by", "unlink_reason"])
        _write_same_as(records)
    return locked


def _require_another(by: User, locked: Iterable[Learner]) -> None:
    if by.pk in {record.user_id for record in locked}:
        raise OwnRecordError


def _write_same_as(locked: Iterable[Learner]) -> None:
    """Recompute `same_as` of the locked records from the links in force among them."""
    records = {record.pk: record for record in locked}
    links = LearnerLink.objects.in_force().filter(learner__in=records).values_list("learner_id", "other_id")
    people = canonical_ids(records, links)
    # No record leads to one that leads on, not even between two statements: the trigger may have been made immediate.
    # So new persons come first, and records to which others still lead come last.
    for pk, person in sorted(people.items(), key=lambda row: (row[0] != row[1], records[row[0]].same_as_id is None)):
        same_as = None if person == pk else person
        if records[pk].same_as_id != same_as:
            records[pk].same_as_id = same_as
            records[pk].save(update_fields=["same_as"])
