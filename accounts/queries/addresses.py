"""The e-mail addresses to which mails go."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db.models import Exists, QuerySet

from accounts.models import (
    Learner,
    Role,
    RoleAssignment,
    User,
)


def verified_address_of(user: User) -> EmailAddress | None:
    """The primary address of an account, if its owner has verified it."""
    address: EmailAddress | None = EmailAddress.objects.filter(user=user, primary=True, verified=True).first()
    return address


def mailable_address_of(learner: Learner) -> EmailAddress | None:
    """The verified address to which mails about this learner go, with its user; of any of the linked records.

    None without an account in use, and for those who have died.
    """
    records = Learner.objects.of(learner)
    addresses: QuerySet[EmailAddress] = EmailAddress.objects.filter(primary=True, verified=True, user__is_active=True)
    mailable = addresses.filter(user__in=records.values("user")).exclude(
        Exists(records.filter(deceased_on__isnull=False))
    )
    return mailable.select_related("user").order_by("user__learner").first()


def watching_addresses(*, at: datetime) -> QuerySet[EmailAddress]:
    """The primary addresses of registrars and inspectors: they get a mail when somebody may decide alone."""
    watchers = RoleAssignment.objects.in_force(at).to(Role.REGISTRAR, Role.INSPECTOR).values("user")
    # By primary key: the mails are enqueued in the same order each time.
    addresses: QuerySet[EmailAddress] = EmailAddress.objects.filter(primary=True, user__is_active=True)
    return addresses.filter(user__in=watchers).order_by("pk")


def deciding_addresses(role: Role, *, at: datetime) -> QuerySet[EmailAddress]:
    """The verified primary addresses of all who hold a role: they get a mail when they can decide something."""
    holders = RoleAssignment.objects.in_force(at).to(role).values("user")
    addresses: QuerySet[EmailAddress] = EmailAddress.objects.filter(primary=True, verified=True, user__is_active=True)
    return addresses.filter(user__in=holders).order_by("pk")
