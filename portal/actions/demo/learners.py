"""The demo's learners: each is made and lives in one transaction, so that a killed run leaves nobody half."""

import random
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.actions.advisors import assign_advisor
from accounts.actions.learners import create_learner
from accounts.actions.users import create_user
from accounts.models import Learner, Role, User
from assessments.mastery.actions.recomputing import recompute_if_due
from portal.actions.demo import content, lives
from portal.actions.demo.accounts import account_made_as, accounts_made_as, record_made_for
from portal.actions.demo.awards import decide
from portal.actions.demo.catalog import Catalog
from portal.actions.demo.days import Days
from portal.actions.demo.people import REASON, STAFF, address, evening_school
from portal.actions.demo.replaying import Replay
from programs.awards.actions.awards import lapse_due
from programs.awards.actions.progress import reaudit_if_due
from programs.models import Enrollment

MORNING = 9 * 60
LATE = 23 * 60 + 50


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody whom the printed list shows, with what is telling about them."""

    role: str
    name: str
    email: str
    about: str = ""


def seed_learner(person: content.DemoPerson, *, catalog: Catalog, days: Days) -> bool:
    """Make the person and let their life happen, unless that was done; whether it was done now."""
    email = address(person.handle)
    user = account_made_as(email)
    known = record_made_for(user) if user else None
    if known is not None and Enrollment.objects.of(known).exists():
        return False
    with transaction.atomic():
        learner = _record(person, email, catalog, days)
        dice = random.Random(f"words {person.name}")  # noqa: S311 - sample data, the same every time
        acts = lives.life_of(person, content.tasks())
        place = evening_school() if person.evening else None
        Replay(learner, catalog, days, holding(Role.ASSESSOR), dice, place).live(acts)
        if person.advised:
            (advisor,) = holding(Role.ADVISOR)
            assign_advisor(learner, advisor=advisor, at=days.at(1, LATE), by=catalog.registrar)
        if person.registrar:
            decide(person.registrar, learner, registrars=holding(Role.REGISTRAR), days=days)
        # What ran out since the last act: beat would find it, but a demo is complete when it opens.
        recompute_if_due(learner.pk, at=days.at(1, LATE))
        reaudit_if_due(learner.pk, at=days.at(1, LATE))
        lapse_due(learner.pk, at=days.at(1, LATE))
    return True


def sign_ins() -> list[SignIn]:
    """Staff and learners of the printed list, in its order."""
    shown = [person for person in STAFF if person.printed]
    staff = [SignIn(str(person.role.label), person.name, person.email, person.about) for person in shown]
    telling = [person for person in content.learners() if person.sign_in]
    return [*staff, *(SignIn("learner", row.name, address(row.handle), row.sign_in) for row in telling)]


def _record(person: content.DemoPerson, email: str, catalog: Catalog, days: Days) -> Learner:
    """Their account and their record, made two days before they are admitted."""
    at = days.at(max(person.begun, 1) + 2, MORNING)
    user = account_made_as(email) or create_user(
        email,
        display_name=person.name,
        at=at,
        by=catalog.registrar,
        language=person.language,
        confirmed=True,
        reason=REASON,
    )
    return record_made_for(user) or create_learner(
        person.name,
        by=catalog.registrar,
        at=at,
        user=user,
        sort_as=person.sort_as,
        birth_date=_birth_date(person, at.date()),
        reason=REASON,
    )


def _birth_date(person: content.DemoPerson, on: date) -> date:
    """A day that makes them an adult of 19 to 44 years: names on documents are compared for adults alone."""
    dice = random.Random(f"born {person.name}")  # noqa: S311 - sample data, the same every time
    return date(on.year - dice.randint(20, 44), dice.randint(1, 12), dice.randint(1, 28))


def holding(role: Role) -> tuple[User, ...]:
    """The demo's own people who hold a role everywhere, in the order of STAFF."""
    emails = [person.email for person in STAFF if person.role == role and not person.evening]
    found = accounts_made_as(emails)
    return tuple(found[email] for email in emails)
