"""Setting up issuers."""

from datetime import datetime

from django.db import transaction

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.history import change_context
from accounts.actions.organizations import locked_kind
from accounts.models import Organization, OrganizationKind, User
from credentials.errors import IssuerExistsError, IssuerInUseError, NotOursError, SlugTakenError
from credentials.models import Issuer, ToldExceptions


@transaction.atomic
def save_issuer(
    issuer: Issuer | None,
    *,
    organization: Organization,
    slug: str,
    name: str,
    url: str = "",
    email: str = "",
    description: str = "",
    told_exceptions: ToldExceptions | None = None,
    by: User | None,
    at: datetime,
    reason: str = "",
) -> Issuer:
    """Make an issuer or change how it describes itself; documents that are signed already do not change.

    `told_exceptions` is what later transcripts tell of exceptions; None leaves it as it is.

    Raises NotOursError, IssuerExistsError, SlugTakenError, and IssuerInUseError for another slug or organization once
    there is a key.
    """
    if locked_kind(organization) != OrganizationKind.OURS:
        raise NotOursError
    saved = Issuer(made_at=at) if issuer is None else Issuer.objects.select_for_update().get(pk=issuer.pk)
    # A trigger refuses this too; here the desk gets a reason that it can word.
    if saved.origin and (saved.slug, saved.organization_id) != (slug, organization.pk):
        raise IssuerInUseError
    saved.organization, saved.slug = organization, slug
    saved.name, saved.url, saved.email, saved.description = name, url, email, description
    saved.told_exceptions = told_exceptions or saved.told_exceptions
    refusals = {"issuer_slug_is_one": SlugTakenError, "credentials_issuer_organization_id_key": IssuerExistsError}
    with constraint_errors(refusals), change_context(reason, by):
        saved.save()
    return saved
