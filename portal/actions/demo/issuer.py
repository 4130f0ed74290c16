"""The demo's school as it signs: one issuer with a key of this very demo, for `localhost` on any port."""

from datetime import datetime

from django.db import transaction

from accounts.models import Organization
from credentials.issuing.actions.issuers import save_issuer
from credentials.issuing.actions.keys import make_first_key
from credentials.models import Issuer
from portal.actions.demo.people import REASON


@transaction.atomic
def seed_issuer(*, at: datetime) -> Issuer:
    """Make the issuer and its key, once; what was awarded before is promised to be signed."""
    school = Organization.objects.root()
    known = Issuer.objects.filter(organization=school).first()
    if known is not None:
        return known
    issuer = save_issuer(
        None,
        organization=school,
        slug="lakeside",
        name=school.name,
        url="https://lakeside.example/",
        email="registry@lakeside.example",
        description="The school of the demo. It exists nowhere else.",
        by=None,
        at=at,
        reason=REASON,
    )
    make_first_key(issuer, by=None, at=at, reason=REASON)
    return issuer
