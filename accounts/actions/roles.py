"""Handing out roles and taking them back; a change works on the next request."""

from datetime import datetime

from django.db import transaction

from accounts.actions.history import noted
from accounts.errors import (
    AlreadyEndedError,
    EndsBeforeItStartsError,
    LastRegistrarError,
    RoleElsewhereError,
    RoleHeldError,
)
from accounts.models import Organization, OrganizationKind, Role, RoleAssignment, User


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
    """Give `user` a role at an organization and its branches, or everywhere; from now on unless `starts_at` says else.

    Raises RoleHeldError, RoleElsewhereError, EndsBeforeItStartsError.
    """
    start = starts_at or at
    if ends_at is not None and ends_at <= start:
        raise EndsBeforeItStartsError
    if not _belongs(role, organization):
        raise RoleElsewhereError
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    held = RoleAssignment.objects.filter(user=user, role=role, organization=organization)
    if held.during(start, ends_at).exists():
        raise RoleHeldError
    with noted(reason, by):
        assignment = RoleAssignment.objects.create(
            user=user, role=role, organization=organization, starts_at=start, ends_at=ends_at
        )
    user.forget_rights()
    return assignment


@transaction.atomic
def end_role(assignment: RoleAssignment, *, at: datetime, by: User, reason: str) -> RoleAssignment:
    """Take a role back at once; one that has not begun is called off.

    Raises AlreadyEndedError, and LastRegistrarError when nobody else could hand out rights.
    """
    registrars = locked_registrars(at)
    locked = RoleAssignment.objects.select_for_update(of=("self",)).select_related("user").get(pk=assignment.pk)
    if locked.ends_at is not None and locked.ends_at <= at:
        raise AlreadyEndedError
    if registrars == {locked.pk: locked.user_id}:
        raise LastRegistrarError
    with noted(reason, by):
        locked.ends_at = max(at, locked.starts_at)
        locked.save(update_fields=["ends_at"])
    locked.user.forget_rights()
    return locked


def locked_registrars(at: datetime) -> dict[int, int]:
    """Who can hand out rights for good: assignment to account, all locked; two ending each other would leave none."""
    lasting = RoleAssignment.objects.lasting_registrars(at).select_related("user").order_by("pk")
    return {row.pk: row.user_id for row in lasting.select_for_update(of=("self", "user"), no_key=True)}


def _belongs(role: Role, organization: Organization | None) -> bool:
    if role == Role.PARTNER_ADMINISTRATOR:
        return organization is not None and organization.kind == OrganizationKind.PARTNER
    return organization is None or organization.kind == OrganizationKind.OURS
