"""Joins two records of one person, or parts them, with everything that rests on who a person is (one transaction)."""

from datetime import datetime

from django.db import transaction

from accounts.actions.links import link_records, unlink_records
from accounts.actions.locked_learner import locked_learner
from accounts.actions.locking import lock_learners
from accounts.models import Learner, LearnerLink, User
from assessments.mastery.actions.recomputing import recompute_person, subscriptions_of
from credentials.sharing.actions import end_sharing_of_others
from programs.awards.actions.concerns import review_after_linking
from programs.awards.actions.progress import reaudit_person


@transaction.atomic
def link_persons(one: Learner, *, other: Learner, reason: str, by: User, at: datetime) -> LearnerLink:
    """State that two records are one person: from now on mastery is decided from the evidence of both.

    What was double becomes an entry of a worklist: awards of one achievement are reviewed; enrollments in one program
    are listed as long as both are open (programs.enrollment.queries.enrolled_twice).
    Raises as `link_records` does.
    """
    link = link_records(one, other=other, reason=reason, by=by, at=at)
    recompute_person(one, at=at)
    _award_anew(one, at)
    return link


@transaction.atomic
def part_persons(link: LearnerLink, *, reason: str, by: User, at: datetime) -> LearnerLink:
    """Take the statement back: each part is decided from its own evidence, by all that was asked of the person.

    Nothing that was granted ends by it. An award that rests on what belongs to the other person now is put on the
    worklist. What is shared with others is not shared on where it tells of the other person. Raises as
    `unlink_records` does.
    """
    together = lock_learners([link.learner_id, link.other_id])
    asked = subscriptions_of(record.pk for record in together)
    parted = unlink_records(link, reason=reason, by=by, at=at)
    for record in (parted.learner, parted.other):
        # First, so that an award is listed by this cause and not by the mastery that is lost with it.
        review_after_linking(record, at=at)
        recompute_person(record, tracking=asked, at=at)
        _award_anew(record, at)
        end_sharing_of_others(record, at=at)
    return parted


def _award_anew(record: Learner, at: datetime) -> None:
    """Awards and milestones of all records count for the person, whether or not mastery changed."""
    reaudit_person(locked_learner(record, at=at))
    review_after_linking(record, at=at)
