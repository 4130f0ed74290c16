"""Creating and changing a learner's record."""

from datetime import date, datetime

from django.db import connection, transaction

from accounts.actions.constraint_errors import constraint_errors
from accounts.actions.history import change_context
from accounts.actions.locked_learner import locked_learner
from accounts.actions.names import write_name
from accounts.errors import AccountTakenError, DiedBeforeBirthError, LearnerNumberTakenError, OwnRecordError
from accounts.models import Learner, NameKind, Organization, User

NUMBERS = "accounts_learner_number"
REFUSALS = {
    "learner_number_unique": LearnerNumberTakenError,
    "learner_died_after_birth": DiedBeforeBirthError,
    "accounts_learner_user_id_key": AccountTakenError,
}


@transaction.atomic
def create_learner(
    legal_name: str,
    *,
    by: User | None,
    at: datetime,
    learner_number: str = "",
    sort_as: str = "",
    name_starts_on: date | None = None,
    birth_date: date | None = None,
    home_organization: Organization | None = None,
    user: User | None = None,
    reason: str = "",
) -> Learner:
    """Create a record with its legal name; without a number it gets the next free one.

    Raises LearnerNumberTakenError, AccountTakenError.
    """
    # No lock: nobody can know the record before this transaction commits.
    with change_context(reason, by):
        number = learner_number.strip() or _next_number()
        with constraint_errors(REFUSALS):
            learner = Learner.objects.create(
                learner_number=number,
                birth_date=birth_date,
                home_organization=home_organization,
                user=user,
                created_at=at,
            )
        write_name(learner, kind=NameKind.LEGAL, text=legal_name, sort_as=sort_as, starts_on=name_starts_on)
    return learner


@transaction.atomic
def change_learner(
    learner: Learner,
    *,
    learner_number: str,
    birth_date: date | None,
    deceased_on: date | None,
    home_organization: Organization | None,
    by: User,
    reason: str,
) -> Learner:
    """Set number, dates and home organization; names, identifiers and links have actions of their own.

    Raises LearnerNumberTakenError, DiedBeforeBirthError, OwnRecordError.
    """
    with change_context(reason, by):
        person = locked_learner(learner, at=None)
        person.require_another(by)
        locked = person.record
        locked.learner_number = learner_number.strip()
        locked.birth_date = birth_date
        locked.deceased_on = deceased_on
        locked.home_organization = home_organization
        with constraint_errors(REFUSALS):
            locked.save(update_fields=["learner_number", "birth_date", "deceased_on", "home_organization"])
    return locked


@transaction.atomic
def set_privacy_hold(learner: Learner, *, hold: bool, by: User, reason: str) -> None:
    """Say whether nothing about the learner is confirmed to anybody outside; it holds for all linked records.

    Raises OwnRecordError.
    """
    with change_context(reason, by):
        locked = locked_learner(learner, at=None)
        locked.require_another(by)
        Learner.objects.filter(pk__in=locked.records).exclude(privacy_hold=hold).update(privacy_hold=hold)


@transaction.atomic
def allow_name_comparison(learner: Learner, *, allowed: bool, by: User) -> None:
    """Say for the learner whether people may compare a name with the one on a document; for all linked records."""
    with change_context("", by):
        locked = locked_learner(learner, at=None)
        rows = Learner.objects.filter(pk__in=locked.records).exclude(names_comparable=allowed)
        rows.update(names_comparable=allowed)


@transaction.atomic
def connect_account(learner: Learner, *, user: User | None, by: User | None, reason: str) -> Learner:
    """Connect the learner with an account; None disconnects the account and leaves the record.

    Raises AccountTakenError if the account belongs to another record, and OwnRecordError where the record is, or would
    become, that of the person who connects it.
    """
    with change_context(reason, by):
        person = locked_learner(learner, at=None)
        person.require_another(by)
        if by is not None and by == user:
            raise OwnRecordError
        locked = person.record
        locked.user = user
        with constraint_errors(REFUSALS):
            locked.save(update_fields=["user"])
    return locked


def _next_number() -> str:
    """Return the next number that no learner has.

    Numbers have gaps: a sequence does not roll back with its transaction, so that two writers never wait for it.
    """
    with connection.cursor() as cursor:
        while True:  # a registrar may have entered a number by hand that the sequence reaches only now
            cursor.execute("SELECT nextval(%s)", [NUMBERS])
            number = str(cursor.fetchone()[0])
            if not Learner.objects.filter(learner_number=number).exists():
                return number
