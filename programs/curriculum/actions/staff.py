"""Limiting the roles of people to single programs, and lifting such limits; effective on the next request."""

from datetime import datetime

from django.db import transaction

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.history import change_context
from accounts.actions.roles import locked_registrars
from accounts.errors import AlreadyEndedError, LastRegistrarError
from accounts.models import User
from programs.errors import NamedAlreadyError
from programs.models import Program, ProgramStaff


@transaction.atomic
def limit_to_program(user: User, *, program: Program, at: datetime, by: User, reason: str) -> ProgramStaff:
    """Limit the roles of `user` to this program and to others for which they are named, from `at` on.

    Raises NamedAlreadyError, and LastRegistrarError if nobody could assign roles afterwards.
    """
    # Who is limited to programs cannot assign roles; the rows are locked as when a role is ended.
    if set(locked_registrars(at).values()) == {user.pk}:
        raise LastRegistrarError
    with change_context(reason, by), constraint_errors({"program_staff_named_once": NamedAlreadyError}):
        named = ProgramStaff.objects.create(user=user, program=program, starts_at=at)
    user.forget_rights()
    return named


@transaction.atomic
def take_program_away(staff: ProgramStaff, *, at: datetime, by: User, reason: str) -> ProgramStaff:
    """End the work of a person in this program; the limit stays, so that nothing is opened by it.

    Raises AlreadyEndedError.
    """
    locked = _locked(staff)
    if locked.ends_at is not None and locked.ends_at <= at:
        raise AlreadyEndedError
    return _changed(locked, by, reason, ends_at=max(at, locked.starts_at))


@transaction.atomic
def lift_limit(staff: ProgramStaff, *, at: datetime, by: User, reason: str) -> ProgramStaff:
    """Lift the limit of this row. Without another one the person's roles reach all programs again.

    Raises AlreadyEndedError if it is lifted already.
    """
    locked = _locked(staff)
    if locked.lifted_at is not None:
        raise AlreadyEndedError
    moment = max(at, locked.starts_at)
    ends_at = moment if locked.ends_at is None or locked.ends_at > moment else locked.ends_at
    return _changed(locked, by, reason, ends_at=ends_at, lifted_at=moment)


def _locked(staff: ProgramStaff) -> ProgramStaff:
    return ProgramStaff.objects.select_for_update(of=("self",)).select_related("user").get(pk=staff.pk)


def _changed(locked: ProgramStaff, by: User, reason: str, **values: datetime) -> ProgramStaff:
    for name, value in values.items():
        setattr(locked, name, value)
    with change_context(reason, by):
        locked.save(update_fields=list(values))
    locked.user.forget_rights()
    return locked
