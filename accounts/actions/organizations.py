"""Setting up the institution, its branches and its partners."""

from collections.abc import Sequence

from django.db import transaction

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.history import change_context
from accounts.errors import AwardingOrganizationError, BranchKindError, OrganizationRingError, RootExistsError
from accounts.models import Organization, OrganizationKind, User

REFUSALS = {
    "organization_one_root_of_ours": RootExistsError,
    "organization_branches_have_no_ring": OrganizationRingError,
    "organization_branch_is_of_its_kind": BranchKindError,
    "awarding_organization_is_ours": AwardingOrganizationError,
}


def locked_kind(organization: Organization) -> str:
    """Return the kind of an organization, locked until the transaction ends: what depends on it is written under it."""
    return Organization.objects.select_for_update(no_key=True).get(pk=organization.pk).kind


@transaction.atomic
def save_organization(
    organization: Organization | None,
    *,
    name: str,
    kind: OrganizationKind,
    time_zone: str,
    by: User | None,
    parent: Organization | None = None,
    address: str = "",
    languages: Sequence[str] = (),
    email_domains: Sequence[str] = (),
    reason: str = "",
) -> Organization:
    """Create an organization, or set all fields of an existing one.

    Raises RootExistsError, OrganizationRingError, BranchKindError, AwardingOrganizationError, and ValidationError for
    an unknown time zone or a malformed language tag.
    """
    saved = organization or Organization()
    saved.name, saved.kind, saved.time_zone = name.strip(), kind, time_zone
    saved.parent, saved.address = parent, address.strip()
    saved.languages, saved.email_domains = list(languages), [domain.lower() for domain in email_domains]
    saved.clean_fields(exclude=["public_id"])
    # The database checks the tree. Python alone would miss a ring that two simultaneous moves make together.
    with constraint_errors(REFUSALS), change_context(reason, by):
        saved.save()
    return saved
