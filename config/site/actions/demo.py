"""The demo's institution and people, made through the same actions that staff use; making it twice changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import transaction

from accounts.actions.learners import create_learner
from accounts.actions.organizations import save_organization
from accounts.actions.roles import assign_role
from accounts.actions.users import create_user
from accounts.models import Learner, Organization, OrganizationKind, Role, User
from competencies.actions.import_package import import_package
from competencies.rules.report import ImportReport

REASON = "The demo's own people"
FRAMEWORK = "applied-data-and-digital-care.json"


@dataclass(frozen=True)
class DemoPerson:
    """Somebody to sign in as; `role` None is a learner."""

    name: str
    role: Role | None

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@{settings.CAIRN_DEMO_DOMAIN}"

    @property
    def title(self) -> str:
        """What the printed list of sign-ins calls this person."""
        return str(self.role.label) if self.role else "learner"


PEOPLE = (
    DemoPerson("Ines Aguilar", Role.REGISTRAR),
    DemoPerson("Tomasz Wren", Role.REGISTRAR),
    DemoPerson("Mira Solheim", Role.ASSESSOR),
    DemoPerson("Amara Okoye", None),
)


@transaction.atomic
def seed_people(passwords: Mapping[str, str], *, at: datetime) -> int:
    """Make the institution and everybody in PEOPLE who is missing; returns how many accounts were made.

    `passwords` maps each e-mail to the password its account is to have.
    """
    if not Organization.objects.ours().exists():
        _institution()
    made = [person for person in PEOPLE if not User.objects.filter(email__iexact=person.email).exists()]
    for person in made:
        _welcome(person, at=at)
    for person in PEOPLE:
        _give_password(person, passwords[person.email])
    return len(made)


def seed_framework(*, at: datetime) -> ImportReport:
    """Take in the institution's own framework, a CASE 1.1 package of our writing, and show it to the public."""
    package = Path(apps.get_app_config("competencies").path) / "fixtures" / FRAMEWORK
    return import_package(package.read_bytes(), at=at, publish=True)


def _institution() -> None:
    root = save_organization(
        None,
        name="Lakeside College",
        kind=OrganizationKind.OURS,
        time_zone="Europe/Lisbon",
        address="Quay Street 4, Lakeside",
        languages=["en"],
        by=None,
        reason=REASON,
    )
    save_organization(
        None,
        name="Lakeside College, Evening School",
        kind=OrganizationKind.OURS,
        time_zone="Europe/Lisbon",
        parent=root,
        by=None,
        reason=REASON,
    )
    save_organization(
        None,
        name="Northwind Logistics",
        kind=OrganizationKind.PARTNER,
        time_zone="Europe/Lisbon",
        by=None,
        reason=REASON,
    )


def _welcome(person: DemoPerson, *, at: datetime) -> None:
    user = create_user(person.email, display_name=person.name, at=at, by=None, confirmed=True, reason=REASON)
    if person.role:
        assign_role(user, role=person.role, at=at, by=None, reason=REASON)
    elif not Learner.objects.filter(user=user).exists():
        create_learner(person.name, by=None, at=at, user=user, reason=REASON)


def _give_password(person: DemoPerson, password: str) -> None:
    user = User.objects.get(email__iexact=person.email)
    if not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
