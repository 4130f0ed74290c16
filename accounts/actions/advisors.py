"""Assigning learners to advisors, and ending that; a change takes effect on the next request."""

from datetime import datetime

from django.db import transaction

from accounts.actions.constraint_errors import constraint_errors
from accounts.errors import AdvisesAlreadyError, AlreadyEndedError, NotAnAdvisorError
from accounts.models import AdvisorAssignment, Learner, Role, RoleAssignment, User


@transaction.atomic
def assign_advisor(learner: Learner, *, advisor: User, at: datetime, by: User | None) -> AdvisorAssignment:
    """Give an advisor a learner, from `at` on; linked records of the learner are included.

    Raises NotAnAdvisorError for an account without that role, and AdvisesAlreadyError.
    """
    if not RoleAssignment.objects.in_force(at).to(Role.ADVISOR).filter(user=advisor).exists():
        raise NotAnAdvisorError
    # Two registrars can assign at the same time: the constraint refuses the second one.
    with constraint_errors({"advisor_assignment_open_once": AdvisesAlreadyError}):
        return AdvisorAssignment.objects.create(advisor=advisor, learner=learner, starts_at=at, assigned_by=by)


@transaction.atomic
def end_advising(assignment: AdvisorAssignment, *, at: datetime, by: User) -> AdvisorAssignment:
    """Take a learner from an advisor at once. Raises AlreadyEndedError."""
    locked = AdvisorAssignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
    if locked.ends_at is not None and locked.ends_at <= at:
        raise AlreadyEndedError
    locked.ends_at, locked.ended_by = max(at, locked.starts_at), by
    locked.save(update_fields=["ends_at", "ended_by"])
    return locked
