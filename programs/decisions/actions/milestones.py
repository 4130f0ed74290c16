"""Milestones, and the records of who reached them."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.locked_learner import LockedLearner, locked_learner
from accounts.models import Learner, User
from accounts.queries.time_zones import learner_time_zone
from core import clock
from programs.awards.actions.progress import reaudit_person
from programs.errors import AlreadyReachedError, InTheFutureError, QuantityError
from programs.models import Milestone, MilestoneReached
from programs.rules.attainments import Basis


@transaction.atomic
def save_milestone(milestone: Milestone | None, *, title: str, unit: str, at: datetime) -> Milestone:
    """Make a milestone, or rename it."""
    saved = milestone or Milestone(made_at=at)
    saved.title, saved.unit = title.strip(), unit.strip()
    saved.save()
    return saved


@transaction.atomic
def record_milestone(
    learner: Learner,
    *,
    milestone: Milestone,
    on: date,
    by: User,
    quantity: Decimal | None = None,
    basis: Basis = Basis.ASSESSED_HERE,
    at: datetime | None = None,
) -> MilestoneReached:
    """Record a milestone, or a quantity of one that is counted. The learner's programs are audited at once.

    `basis` says where it was reached; audits from `audit@2` on read it.

    Raises AlreadyReachedError, QuantityError, InTheFutureError, OwnRecordError.
    """
    person = locked_learner(learner, at=at)
    person.require_another(by)
    require_past(on, person)
    # Locked before the check: another unit would make an amount of what is reached or not.
    counted = bool(Milestone.objects.select_for_update(no_key=True).get(pk=milestone.pk).unit)
    if (quantity is None) == counted or (quantity is not None and quantity <= 0):
        raise QuantityError
    # All linked records are one person; the constraint below sees one record only.
    standing = MilestoneReached.objects.standing().filter(learner__in=person.records, milestone=milestone)
    if quantity is None and standing.exists():
        raise AlreadyReachedError
    with constraint_errors({"milestone_reached_once": AlreadyReachedError}):
        row = MilestoneReached.objects.create(
            learner=person.record,
            milestone=milestone,
            reached_on=on,
            quantity=quantity,
            basis=basis.value,
            recorded_at=person.at,
            recorded_by=by,
        )
    reaudit_person(person)
    return row


def require_past(on: date, person: LockedLearner) -> None:
    """Refuse a day after the learner's civil date of today. Raises InTheFutureError."""
    if on > clock.civil_date(person.at, learner_time_zone()):
        raise InTheFutureError
