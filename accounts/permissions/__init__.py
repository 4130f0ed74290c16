"""Access rules: named predicates of a user and, where one is concerned, of a row. Unknown means no.

An anonymous or closed account has no rights. How far a role that is limited reaches is said in `rights`.
"""

from datetime import datetime
from functools import reduce
from operator import or_

from django.apps import apps
from django.db.models import Q, QuerySet

from accounts.models import (
    MODEL_OF_KIND,
    AdvisorAssignment,
    Approval,
    Disclosure,
    Learner,
    LearnerIdentifier,
    LearnerName,
    Organization,
    Role,
    RoleAssignment,
    SharingGrant,
    User,
)
from accounts.permissions.right import (
    NO_ROWS,
    Actor,
    Right,
    Scope,
    about_a_learner,
    about_the_whole_learner,
    both,
    in_organization,
    learners_within,
    limits_of,
    not_limited_to_programs,
    only_everywhere,
    scope_of,
    set_scopes,
    tenures_of,
    whole_institution,
)
from accounts.queries.people import learner_of
from accounts.rules.reach import Limit

__all__ = ["Actor", "Right"]
READERS = (Role.REGISTRAR, Role.INSPECTOR, Role.ADVISOR)


def _of_subject(limit: Limit) -> Q:
    """Approvals of acts on rows within the limit; a subject without a scope concerns the whole institution."""
    if limit.anywhere:
        return Q()
    subjects = ((kind, apps.get_model(label)) for kind, label in MODEL_OF_KIND.items())
    scopes = ((kind, model, scope_of(model)) for kind, model in subjects)
    conditions = [
        Q(subject_kind=kind, subject_id__in=model._base_manager.filter(scope.acted_on(limit)).values("public_id"))
        for kind, model, scope in scopes
        if scope is not None
    ]
    return reduce(or_, conditions, NO_ROWS)


def _of_account(limit: Limit) -> Q:
    """Accounts with a role at an organization within the limit, and those of learners within it."""
    if limit.anywhere:
        return Q()
    staff = RoleAssignment.objects.filter(in_organization("organization")(limit)).values("user")
    return Q(pk__in=staff) | Q(pk__in=Learner.objects.filter(pk__in=learners_within(limit)).values("user"))


set_scopes(
    {
        Learner: Scope(about_a_learner("pk"), about_the_whole_learner("pk")),
        LearnerName: Scope(about_a_learner("learner"), about_the_whole_learner("learner")),
        LearnerIdentifier: Scope(about_a_learner("learner"), about_the_whole_learner("learner")),
        AdvisorAssignment: Scope(about_a_learner("learner"), about_the_whole_learner("learner")),
        SharingGrant: Scope(about_the_whole_learner("learner"), about_the_whole_learner("learner")),
        Disclosure: Scope(about_the_whole_learner("learner"), about_the_whole_learner("learner")),
        Organization: Scope(whole_institution, both(in_organization("pk"), not_limited_to_programs)),
        RoleAssignment: Scope(in_organization("organization"), only_everywhere),
        User: Scope(_of_account, only_everywhere),
        Approval: Scope(_of_subject, _of_subject),
    }
)


def holds(user: Actor, *roles: Role, at: datetime | None = None, organization: Organization | None = None) -> bool:
    """Whether `user` holds one of `roles` at the instant `at`; without `at`, now.

    With an organization, the role must cover it: at the organization itself, at one of its ancestors, or everywhere.
    Without an organization, a role at any place is enough.
    """
    tenures = tenures_of(user, *roles, at=at)
    if organization is None or any(tenure.organization_id is None for tenure in tenures):
        return bool(tenures)
    # Ancestors are read only if they can decide: most users hold their role everywhere or not at all.
    path = Organization.objects.path_ids(organization.pk) if tenures else frozenset()
    return any(tenure.reaches(path) for tenure in tenures)


def holds_everywhere(user: Actor, *roles: Role, at: datetime | None = None) -> bool:
    """Whether `user` holds one of `roles` without limitation to an organization or to programs."""
    return any(limit.anywhere for limit in limits_of(user, *roles, at=at))


def is_staff(user: Actor) -> bool:
    """Whether `user` holds any role."""
    return isinstance(user, User) and user.is_staff


def works_everywhere(user: Actor) -> bool:
    """Whether `user` holds any role without limitation: they see what belongs to no branch, such as failed jobs."""
    return holds_everywhere(user, *Role)


def mends_jobs(user: Actor) -> bool:
    """Whether `user` may retry and dismiss failed jobs: registrars without limitation."""
    return holds_everywhere(user, Role.REGISTRAR)


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


may_read_learners = Right("may_read_learners", "Whether `user` may read records of other people.", *READERS)
may_change_learners = Right("may_change_learners", "Whether `user` may change records.", Role.REGISTRAR, acts=True)
may_read_advisors = Right("may_read_advisors", "Whether `user` may see who advises whom.", *READERS)
may_assign_advisors = Right("may_assign_advisors", "Whether `user` may assign them.", Role.REGISTRAR, acts=True)
may_read_roles = Right("may_read_roles", "Whether `user` may read roles.", Role.REGISTRAR, Role.INSPECTOR)
may_read_approvals = Right(
    "may_read_approvals",
    "Whether `user` may read requests for approval.",
    Role.REGISTRAR,
    Role.INSPECTOR,
    Role.CURRICULUM_DESIGNER,
)
may_decide_approvals = Right(
    "may_decide_approvals",
    "Whether `user` may decide some requests for approval; each request names the role that decides it.",
    Role.REGISTRAR,
    Role.CURRICULUM_DESIGNER,
    acts=True,
)


def decides_approval(user: Actor, approval: Approval) -> bool:
    """Whether `user` holds the role that decides this request, over its subject."""
    return Right("decides_approval", "", Role(approval.role), acts=True)(user, approval)


def approvals_waiting_for(user: User) -> QuerySet[Approval]:
    """The open approvals that `user` can decide, without the ones that `user` asked for."""
    rows = Approval.objects.open().exclude(asked_by=user)
    decided = [
        Q(role=role) & _of_subject(limit)
        for role in (Role.REGISTRAR, Role.CURRICULUM_DESIGNER)
        for limit in limits_of(user, role)
    ]
    return rows.filter(reduce(or_, decided)) if decided else rows.none()


def may_read_organizations(user: Actor) -> bool:
    """Whether `user` may read organizations: all staff may."""
    return is_staff(user)


def may_change_organizations(user: Actor) -> bool:
    """Whether `user` may change the institution, its branches and its partners."""
    return holds_everywhere(user, Role.REGISTRAR)


def may_assign_roles(user: Actor) -> bool:
    """Whether `user` may assign roles: only a registrar without limitation, who could not exceed their own rights."""
    return holds_everywhere(user, Role.REGISTRAR)


def may_read_partners(user: Actor) -> bool:
    """Whether `user` may read API clients of partners, which belong to no branch."""
    return holds_everywhere(user, Role.REGISTRAR, Role.INSPECTOR)


def may_change_partners(user: Actor) -> bool:
    """Whether `user` may register API clients of partners, replace their secrets, and end them."""
    return holds_everywhere(user, Role.REGISTRAR)
