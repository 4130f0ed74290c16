"""Who may do what: named predicates of a person; unknown means no."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from accounts.models import Organization, Role, User
from config.base import clock

Person = User | AnonymousUser


def holds(user: Person, *roles: Role, at: datetime | None = None, organization: Organization | None = None) -> bool:
    """Whether `user` holds one of `roles` at the instant `at` (now, unless said).

    With an organization: there, that is at it, at what it is a branch of, or everywhere. Without: at any place.
    """
    if not isinstance(user, User) or not user.is_active:
        return False
    moment = at or clock.now()
    tenures = [tenure for tenure in user.tenures if tenure.role in roles and tenure.covers(moment)]
    if organization is None or any(tenure.organization_id is None for tenure in tenures):
        return bool(tenures)
    path = Organization.objects.path_ids(organization.pk) if tenures else frozenset()
    return any(tenure.reaches(path) for tenure in tenures)


def holds_everywhere(user: Person, *roles: Role, at: datetime | None = None) -> bool:
    """Whether `user` holds one of `roles` without a limit to an organization."""
    if not isinstance(user, User) or not user.is_active:
        return False
    moment = at or clock.now()
    return any(
        tenure.organization_id is None and tenure.role in roles and tenure.covers(moment) for tenure in user.tenures
    )


def is_staff(user: Person) -> bool:
    """Holds any role."""
    return isinstance(user, User) and user.is_staff


def is_registrar(user: Person) -> bool:
    """Keeps the records."""
    return holds(user, Role.REGISTRAR)


def is_inspector(user: Person) -> bool:
    """Reads everything and writes nothing."""
    return holds(user, Role.INSPECTOR)


def is_assessor(user: Person) -> bool:
    """Judges work."""
    return holds(user, Role.ASSESSOR)


def is_learner(user: Person) -> bool:
    """Has a record of their own."""
    return isinstance(user, User) and user.is_active and hasattr(user, "learner")


def may_read_learners(user: Person) -> bool:
    """Sees records of learners that are not their own."""
    return holds(user, Role.REGISTRAR, Role.INSPECTOR, Role.ADVISOR)


def may_change_learners(user: Person) -> bool:
    """Writes in records of learners."""
    return is_registrar(user)


def may_read_organizations(user: Person) -> bool:
    """Sees organizations: everybody on the desk."""
    return is_staff(user)


def may_change_organizations(user: Person) -> bool:
    """Sets up the institution, its branches and partners."""
    return holds_everywhere(user, Role.REGISTRAR)


def may_read_roles(user: Person) -> bool:
    """Sees who may do what."""
    return holds(user, Role.REGISTRAR, Role.INSPECTOR)


def may_assign_roles(user: Person) -> bool:
    """Hands out roles, limited ones or not: only who is not limited themselves."""
    return holds_everywhere(user, Role.REGISTRAR)


def may_read_approvals(user: Person) -> bool:
    """Sees what waits for a second pair of eyes."""
    return holds(user, Role.REGISTRAR, Role.INSPECTOR, Role.CURRICULUM_DESIGNER)


def may_decide_approvals(user: Person) -> bool:
    """May be asked for a decision; whether for this one is the role that it names."""
    return holds(user, Role.REGISTRAR, Role.CURRICULUM_DESIGNER)


def may_read_partners(user: Person) -> bool:
    """Sees partners' clients."""
    return holds(user, Role.REGISTRAR, Role.INSPECTOR)


def may_change_partners(user: Person) -> bool:
    """Lets partners' programs in, gives them secrets, and ends them."""
    return holds_everywhere(user, Role.REGISTRAR)
