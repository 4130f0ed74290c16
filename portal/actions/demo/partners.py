"""The demo's partner comes in with a program whose key is made once; what keeps the key is a file of the operator's."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.actions.partners import make_partner_client, replace_client_secret
from accounts.models import Organization, PartnerClient

PARTNER = "Northwind Logistics"
PROGRAM = "Northwind HR"
REASON = "The demo's own partner"


@transaction.atomic
def seed_partner(kept: Mapping[str, str], *, at: datetime) -> Mapping[str, str]:
    """The client id and secret of the demo's partner: those that are `kept`, else new ones.

    A secret exists nowhere but in the file: one that was lost on the way there is replaced.
    """
    partner = Organization.objects.partners().get(name=PARTNER)
    client = PartnerClient.objects.filter(organization=partner, ended_at=None).order_by("pk").first()
    if client is None:
        client, secret = make_partner_client(partner, name=PROGRAM, by=None, at=at, reason=REASON)
    elif kept.get("CLIENT_ID") == client.client_id and kept.get("CLIENT_SECRET"):
        return kept
    else:
        secret = replace_client_secret(client, by=None, at=at, reason=REASON)
    return {"CLIENT_ID": client.client_id, "CLIENT_SECRET": secret}
