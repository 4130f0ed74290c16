"""Assigning and ending roles; a change takes effect on the next request."""

from datetime import datetime

from django.db import transaction

from accounts.actions.history import change_context
from accounts.actions.organizations import locked_kind
from accounts.errors import (
    AlreadyEndedError,
    EndsBeforeItStartsError,
    LastRegistrarError,
    RoleElsewhereError,
    RoleHeldError,
)
from accounts.models import Organization, OrganizationKind, Role, RoleAssignment, User
from accounts.permissions import holds_everywhere


@transaction.atomic
def assign_role(
    user: User,
    *,
    role: Role,
    at: datetime,
    by: User | None,
    reason: str = "",
    organization: Organization | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> RoleAssignment:
    """Assign `user` a role at an organization and its branches, or everywhere; it starts at `starts_at` or at `at`.

    Raises RoleHeldError, RoleElsewhereError, EndsBeforeItStartsError.
    """
    start = starts_at or at
    if ends_at is not None and ends_at <= start:
        raise EndsBeforeItStartsError
    if not _fits_organization(role, organization):
        raise RoleElsewhereError
    # The lock on the user makes two assignments queue, so that the check below sees the first one.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    same_assignments = RoleAssignment.objects.filter(user=user, role=role, organization=organization)
    if same_assignments.during(start, ends_at).exists():
        raise RoleHeldError
    with change_context(reason, by):
        assignment = RoleAssignment.objects.create(
            user=user, role=role, organization=organization, starts_at=start, ends_at=ends_at
        )
    user.forget_rights()
    return assignment


@transaction.atomic
def end_role(assignment: RoleAssignment, *, at: datetime, by: User, reason: str) -> RoleAssignment:
    """End a role at once; an assignment that has not begun is cancelled.

    Raises AlreadyEndedError, and LastRegistrarError if nobody else could assign roles afterwards.
    """
    # All registrars are locked before the assignment, always in this order, so that two endings cannot deadlock.
    registrars = locked_registrars(at)
    locked = RoleAssignment.objects.select_for_update(of=("self",)).select_related("user").get(pk=assignment.pk)
    if locked.ends_at is not None and locked.ends_at <= at:
        raise AlreadyEndedError
    if registrars == {locked.pk: locked.user_id}:
        raise LastRegistrarError
    with change_context(reason, by):
        # An end before the start would violate a constraint; a cancelled assignment ends where it starts.
        locked.ends_at = max(at, locked.starts_at)
        locked.save(update_fields=["ends_at"])
    locked.user.forget_rights()
    return locked


def locked_registrars(at: datetime) -> dict[int, int]:
    """The accounts that can assign roles without an end, by the primary key of the assignment, all rows locked.

    Without the lock two registrars could end each other at the same time, and nobody would be left.
    """
    registrars = RoleAssignment.objects.lasting_registrars(at).select_related("user").order_by("pk")
    locked = registrars.select_for_update(of=("self", "user"), no_key=True)
    # Somebody whose role is limited to programs cannot assign roles.
    return {row.pk: row.user_id for row in locked if holds_everywhere(row.user, Role.REGISTRAR, at=at)}


def _fits_organization(role: Role, organization: Organization | None) -> bool:
    """Partner administrators belong to a partner, all other roles to the institution or to no organization."""
    if role == Role.PARTNER_ADMINISTRATOR:
        return organization is not None and locked_kind(organization) == OrganizationKind.PARTNER
    return organization is None or locked_kind(organization) == OrganizationKind.OURS
