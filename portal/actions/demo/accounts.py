"""The demo's accounts and records, found again whatever their people did to them since."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from accounts.models import Learner, User
from accounts.queries.people import user_with_email


def account_made_as(email: str) -> User | None:
    """The account that the demo made with this address, also under the address that its owner gave it since."""
    # By the history, whose first row nobody changes; otherwise somebody else has the address by now.
    first = _first_rows("UserEvent").filter(email__iexact=email)
    return User.objects.filter(pk__in=first.values("pgh_obj")).order_by("pk").first() or user_with_email(email)


def accounts_made_as(emails: Iterable[str]) -> dict[str, User]:
    """The accounts of `account_made_as`, by the address with which each was made."""
    found = {email: account_made_as(email) for email in emails}
    return {email: user for email, user in found.items() if user is not None}


def record_made_for(user: User) -> Learner | None:
    """The record that was made with this account, also after the two were parted."""
    first = _first_rows("LearnerEvent").filter(user=user.pk)
    made = Learner.objects.filter(pk__in=first.values("pgh_obj")).order_by("pk").first()
    return made or Learner.objects.filter(user=user).first()


def _first_rows(model: str) -> QuerySet[Any]:
    """The first row of each history in a table of pghistory."""
    rows: QuerySet[Any] = apps.get_model("accounts", model)._default_manager.filter(pgh_label="insert")
    return rows
