"""The demo's institution and its staff, made through the same actions that registrars use."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.actions.organizations import save_organization
from accounts.actions.roles import assign_role
from accounts.actions.users import create_user
from accounts.models import Organization, OrganizationKind, Role
from portal.actions.demo.accounts import account_made_as, accounts_made_as
from portal.actions.demo.days import ZONE, Days, first_day

REASON = "The demo's own people"
EVENING_ONLY = "evening school only"
EMPLOYED = 500  # days before the first day since when the staff hold their roles


@dataclass(frozen=True)
class DemoStaff:
    """Somebody who works at the school; `printed` says whether the list of sign-ins shows them, with `about`.

    The role of somebody of the `evening` school is limited to that branch.
    """

    name: str
    role: Role
    handle: str = ""
    printed: bool = False
    evening: bool = False
    about: str = ""

    @property
    def email(self) -> str:
        """The address with which the demo signs in."""
        return address(self.handle or self.name.lower().replace(" ", "."))


def address(handle: str) -> str:
    """An e-mail at the demo's own domain."""
    return f"{handle}@{settings.CAIRN_DEMO_DOMAIN}"


STAFF = (
    DemoStaff("Ines Aguilar", Role.REGISTRAR, printed=True),
    DemoStaff("Tomasz Wren", Role.REGISTRAR, printed=True),
    DemoStaff("Mira Solheim", Role.ASSESSOR, printed=True),
    DemoStaff("Kwame Mensah", Role.ASSESSOR),
    DemoStaff("Yuki Tanabe", Role.ASSESSOR),
    DemoStaff("Elif Aydın", Role.ASSESSOR, handle="elif.aydin"),  # noqa: RUF001 - her name
    DemoStaff("Rosa Lindqvist", Role.ASSESSOR),
    DemoStaff("Nadia Petrov", Role.REGISTRAR, printed=True, evening=True, about=EVENING_ONLY),
    DemoStaff("Piet Vermeer", Role.ASSESSOR, printed=True, evening=True, about=EVENING_ONLY),
    DemoStaff("Clara Njoroge", Role.ADVISOR, printed=True, about="three learners only"),
)


@transaction.atomic
def seed_staff(*, at: datetime) -> Days:
    """Make the institution and whoever of STAFF is missing; returns the demo's calendar, which begins with them."""
    if not Organization.objects.ours().exists():
        _institution()
    for person in STAFF:
        if account_made_as(person.email) is None:
            create_user(person.email, display_name=person.name, at=at, by=None, confirmed=True, reason=REASON)
    days = first_day(STAFF[0].email)
    if days is None:
        raise LookupError(STAFF[0].email)
    accounts = accounts_made_as(person.email for person in STAFF)
    for person in STAFF:
        user = accounts[person.email]
        if not user.role_assignments.exists():
            since = days.at(EMPLOYED, 9 * 60)
            place = evening_school() if person.evening else None
            assign_role(user, role=person.role, organization=place, at=at, starts_at=since, by=None, reason=REASON)
    return days


def evening_school() -> Organization:
    """The branch of the institution."""
    return Organization.objects.ours().exclude(parent=None).earliest("pk")


def give_passwords(passwords: Mapping[str, str], *, fresh: Collection[str]) -> None:
    """Let the accounts that were made with these addresses have these passwords, if they have none or it is `fresh`.

    Others are left alone: to check a password takes as long as to guess one, and every start would wait for it.
    """
    for email, user in accounts_made_as(passwords).items():
        if email in fresh or not user.has_usable_password():
            user.set_password(passwords[email])
            user.save(update_fields=["password"])


def _institution() -> None:
    root = save_organization(
        None,
        name="Lakeside College",
        kind=OrganizationKind.OURS,
        time_zone=ZONE,
        address="Quay Street 4, Lakeside",
        languages=["en"],
        by=None,
        reason=REASON,
    )
    save_organization(
        None,
        name="Lakeside College, Evening School",
        kind=OrganizationKind.OURS,
        time_zone=ZONE,
        parent=root,
        by=None,
        reason=REASON,
    )
    save_organization(
        None,
        name="Northwind Logistics",
        kind=OrganizationKind.PARTNER,
        time_zone=ZONE,
        by=None,
        reason=REASON,
    )
