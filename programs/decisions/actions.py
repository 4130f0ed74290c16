"""Actions that record and withdraw milestones, recognitions and exceptions of single learners."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from django.db import transaction

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.locked_learner import LockedLearner, locked_learner
from accounts.models import Learner, Organization, User
from accounts.queries import learner_time_zone
from competencies.models import Competency, ProficiencyLevel
from core import clock
from core.database.ledger import new_salt
from programs.audit.queries.trees import tree_of
from programs.audit.rules.completion.applied_exceptions import TAKING, takes_pieces
from programs.awards.actions.progress import reaudit_person
from programs.errors import (
    AlreadyReachedError,
    AlreadyWithdrawnError,
    ExceptionIncompleteError,
    InTheFutureError,
    NodeUnknownError,
    NothingCountsThereError,
    QuantityError,
    RecognitionIncompleteError,
)
from programs.models import (
    Enrollment,
    Milestone,
    MilestoneReached,
    Recognition,
    RecognitionBasis,
    RecognitionBody,
    RequirementException,
    RequirementExceptionBody,
)
from programs.rules.attainments import Basis, ExceptionKind

Decision = TypeVar("Decision", MilestoneReached, Recognition, RequirementException)
NAMES_WHAT_COUNTS = frozenset({ExceptionKind.SUBSTITUTE, ExceptionKind.APPLY_HERE})


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

    Raises AlreadyReachedError, QuantityError, InTheFutureError.
    """
    person = locked_learner(learner, at=at)
    _past(on, person)
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


@transaction.atomic
def record_recognition(
    learner: Learner,
    *,
    basis: RecognitionBasis,
    achieved_on: date,
    by: User,
    competency: Competency | None = None,
    level: ProficiencyLevel | None = None,
    credits: Decimal | None = None,  # noqa: A002 - the field's word
    organization: Organization | None = None,
    valid_until: date | None = None,
    equal_to: Iterable[ProficiencyLevel] = (),
    without_level: bool = False,
    words: str = "",
    at: datetime | None = None,
) -> Recognition:
    """Record that finished study at another place counts here.

    `equal_to` are levels on other scales that the registrar states `level` is equal to. `without_level`: it counts also
    where a level is asked for, although it has none; the words say why. Raises RecognitionIncompleteError,
    InTheFutureError.
    """
    person = locked_learner(learner, at=at)
    _past(achieved_on, person)
    incomplete = (competency is None and credits is None) or (level is not None and competency is None)
    conversions = {str(other.scale.public_id): other.rank for other in equal_to}
    incomplete = incomplete or (bool(conversions) and level is None)
    if without_level:
        incomplete = incomplete or level is not None or competency is None or not words.strip()
    if incomplete or (valid_until is not None and valid_until <= achieved_on):
        raise RecognitionIncompleteError
    row = Recognition.objects.create(
        learner=person.record,
        basis=basis,
        organization=organization,
        competency=competency,
        level=level,
        conversions=conversions,
        without_level=without_level,
        credits=credits,
        achieved_on=achieved_on,
        valid_until=valid_until,
        recorded_at=person.at,
        recorded_by=by,
    )
    if words.strip():
        RecognitionBody.objects.create(recognition=row, content=words.strip(), salt=new_salt())
    reaudit_person(person)
    return row


@transaction.atomic
def grant_exception(
    enrollment: Enrollment,
    *,
    kind: ExceptionKind,
    node: str,
    by: User,
    words: str,
    attainment: str = "",
    competency: Competency | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    at: datetime | None = None,
) -> RequirementException:
    """Grant an exception for one enrollment about one node of its tree.

    Raises NodeUnknownError, NothingCountsThereError, ExceptionIncompleteError.
    """
    person = locked_learner(enrollment.learner, at=at)
    row = Enrollment.objects.select_related("version").get(pk=enrollment.pk)
    about = next((step for step in tree_of(row.version).walk() if step.id == node), None)
    if about is None:
        raise NodeUnknownError
    if kind in TAKING and not takes_pieces(about):
        raise NothingCountsThereError
    wants_attainment, wants_competency = kind in NAMES_WHAT_COUNTS, kind is ExceptionKind.ALSO_ALLOW
    if bool(attainment) != wants_attainment or (competency is not None) != wants_competency:
        raise ExceptionIncompleteError
    if starts_on is not None and ends_on is not None and ends_on <= starts_on:
        raise ExceptionIncompleteError
    decision = RequirementException.objects.create(
        learner=row.learner,
        enrollment=row,
        kind=kind.value,
        node=node,
        attainment=attainment,
        competency=competency,
        starts_on=starts_on,
        ends_on=ends_on,
        decided_at=person.at,
        decided_by=by,
    )
    if words.strip():
        RequirementExceptionBody.objects.create(exception=decision, content=words.strip(), salt=new_salt())
    reaudit_person(person)
    return decision


@transaction.atomic
def withdraw_decision(decision: Decision, *, by: User, at: datetime | None = None) -> Decision:
    """Withdraw a milestone, a recognition or an exception; the row stays. Raises AlreadyWithdrawnError."""
    person = locked_learner(decision.learner, at=at)
    # Read again under the learner's lock: somebody may have withdrawn it meanwhile.
    locked = type(decision).objects.get(pk=decision.pk)
    if locked.withdrawn_at is not None:
        raise AlreadyWithdrawnError
    locked.withdrawn_at, locked.withdrawn_by = person.at, by
    locked.save(update_fields=["withdrawn_at", "withdrawn_by"])
    reaudit_person(person)
    return locked


def _past(on: date, person: LockedLearner) -> None:
    if on > clock.civil_date(person.at, learner_time_zone()):
        raise InTheFutureError
