"""API clients of partners: registering one, replacing its secret, ending it."""

from datetime import datetime

from django.db import transaction
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import AccessToken

from accounts.actions.history import change_context
from accounts.actions.organizations import locked_kind
from accounts.errors import AlreadyEndedError, NoPartnerError
from accounts.models import Organization, OrganizationKind, PartnerClient, User


@transaction.atomic
def make_partner_client(
    organization: Organization,
    *,
    name: str,
    by: User | None,
    at: datetime,
    contact_name: str = "",
    contact_email: str = "",
    reason: str = "",
) -> tuple[PartnerClient, str]:
    """Create a client of this partner; return it with its secret, which is stored only as a hash.

    Raises NoPartnerError.
    """
    if locked_kind(organization) != OrganizationKind.PARTNER:
        raise NoPartnerError
    secret = str(generate_client_secret())
    client = PartnerClient(
        organization=organization,
        name=name.strip(),
        contact_name=contact_name.strip(),
        contact_email=contact_email.strip(),
        client_type=PartnerClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=PartnerClient.GRANT_CLIENT_CREDENTIALS,
        client_secret=secret,
        secret_made_at=at,
    )
    with change_context(reason, by):
        client.save()
    return client, secret


@transaction.atomic
def replace_client_secret(client: PartnerClient, *, by: User | None, at: datetime, reason: str = "") -> str:
    """Replace the secret and return the new one. The old secret and its tokens stop working at once.

    Raises AlreadyEndedError.
    """
    locked = _locked_active_client(client)
    secret = str(generate_client_secret())
    # The model hashes the secret when it is saved.
    locked.client_secret, locked.secret_made_at = secret, at
    with change_context(reason, by):
        locked.save(update_fields=["client_secret", "secret_made_at", "updated"])
    AccessToken.objects.filter(application=locked).delete()
    return secret


@transaction.atomic
def end_partner_client(client: PartnerClient, *, by: User, at: datetime, reason: str) -> PartnerClient:
    """End a client at once. The record of what it read stays. Raises AlreadyEndedError."""
    locked = _locked_active_client(client)
    locked.ended_at = at
    with change_context(reason, by):
        locked.save(update_fields=["ended_at", "updated"])
    AccessToken.objects.filter(application=locked).delete()
    return locked


def _locked_active_client(client: PartnerClient) -> PartnerClient:
    """The client, locked. Raises AlreadyEndedError."""
    locked = PartnerClient.objects.select_for_update().get(pk=client.pk)
    if locked.ended_at is not None:
        raise AlreadyEndedError
    return locked
