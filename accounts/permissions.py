"""Access rules: named predicates of a user. An anonymous or closed account has no rights."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from accounts.models import Learner, Organization, Role, User
from accounts.queries import learner_of
from core import clock

Actor = User | AnonymousUser


def holds(user: Actor, *roles: Role, at: datetime | None = None, organization: Organization | None = None) -> bool:
    """Whether `user` holds one of `roles` at the instant `at`; without `at`, now.

    With an organization, the role must cover it: at the organization itself, at one of its ancestors, or everywhere.
    Without an organization, a role at any place is enough.
    """
    if not isinstance(user, User) or not user.is_active:
        return False
    moment = at or clock.now()
    tenures = [tenure for tenure in user.tenures if tenure.role in roles and tenure.covers(moment)]
    if organization is None or any(tenure.organization_id is None for tenure in tenures):
        return bool(tenures)
    # Ancestors are read only if they can decide: most users hold their role everywhere or not at all.
    path = Organization.objects.path_ids(organization.pk) if tenures else frozenset()
    return any(tenure.reaches(path) for tenure in tenures)


def holds_everywhere(user: Actor, *roles: Role, at: datetime | None = None) -> bool:
    """Whether `user` holds one of `roles` without limitation to an organization."""
    if not isinstance(user, User) or not user.is_active:
        return False
    moment = at or clock.now()
    return any(
        tenure.organization_id is None and tenure.role in roles and tenure.covers(moment) for tenure in user.tenures
    )


def is_staff(user: Actor) -> bool:
    """Whether `user` holds any role."""
    return isinstance(user, User) and user.is_staff


def is_registrar(user: Actor) -> bool:
    """Whether `user` is a registrar, who keeps the records."""
    return holds(user, Role.REGISTRAR)


def is_assessor(user: Actor) -> bool:
    """Whether `user` is an assessor, who assesses the work of learners."""
    return holds(user, Role.ASSESSOR)


def is_learner(user: Actor) -> bool:
    """Whether `user` has a learner's record of their own."""
    return isinstance(user, User) and user.is_active and hasattr(user, "learner")


def is_own_record(user: Actor, learner: Learner) -> bool:
    """Whether the record is the person's own: that of their account, or one that is linked with it."""
    own = learner_of(user) if isinstance(user, User) else None
    return own is not None and own.pk == learner.canonical_id


def may_read_learners(user: Actor) -> bool:
    """Whether `user` may read records of other people."""
    return holds(user, Role.REGISTRAR, Role.INSPECTOR, Role.ADVISOR)


def may_change_learners(user: Actor) -> bool:
    """Whether `user` may change records of learners."""
    return is_registrar(user)


def may_read_organizations(user: Actor) -> bool:
    """Whether `user` may read organizations: all staff may."""
    return is_staff(user)


def may_change_organizations(user: Actor) -> bool:
    """Whether `user` may change the institution, its branches and its partners."""
    return holds_everywhere(user, Role.REGISTRAR)


def may_read_roles(user: Actor) -> bool:
    """Whether `user` may read role assignments."""
    return holds(user, Role.REGISTRAR, Role.INSPECTOR)


def may_assign_roles(user: Actor) -> bool:
    """Whether `user` may assign roles: only a registrar without limitation, who could not exceed their own rights."""
    return holds_everywhere(user, Role.REGISTRAR)


def may_read_approvals(user: Actor) -> bool:
    """Whether `user` may read requests for approval."""
    return holds(user, Role.REGISTRAR, Role.INSPECTOR, Role.CURRICULUM_DESIGNER)


def may_decide_approvals(user: Actor) -> bool:
    """Whether `user` may decide some requests for approval; each request names the role that decides it."""
    return holds(user, Role.REGISTRAR, Role.CURRICULUM_DESIGNER)


def may_read_partners(user: Actor) -> bool:
    """Whether `user` may read API clients of partners."""
    return holds(user, Role.REGISTRAR, Role.INSPECTOR)


def may_change_partners(user: Actor) -> bool:
    """Whether `user` may register API clients of partners, replace their secrets, and end them."""
    return holds_everywhere(user, Role.REGISTRAR)
