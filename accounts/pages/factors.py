"""Whether this browser session has shown a second factor.

It is not enough that the account has one: a session may have begun with a stolen password before the owner set it up.
"""

import time

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from accounts.models import User
from accounts.queries.access import second_factors_of

SET_UP_HERE = "accounts_factor_set_up_here"


def has_factor(user: User) -> bool:
    """Whether `user` has a second factor; recovery codes alone are none."""
    return second_factors_of(user).exists()


def was_shown(request: HttpRequest) -> bool:
    """Whether this session has shown a second factor at sign-in, at reauthentication, or by setting it up."""
    records = get_authentication_records(request, request.user)
    return SET_UP_HERE in request.session or any(record["method"] == "mfa" for record in records)


def was_shown_today(request: HttpRequest) -> bool:
    """Whether the session has shown a second factor within STAFF_FACTOR_LASTS.

    Otherwise a browser that stays signed in would open the desk for weeks.
    """
    records = get_authentication_records(request, request.user)
    shown = [record["at"] for record in records if record["method"] == "mfa"]
    last = max([request.session.get(SET_UP_HERE, 0), *shown])
    return bool(time.time() - last < settings.STAFF_FACTOR_LASTS.total_seconds())


def remember_set_up(request: HttpRequest) -> None:
    """Record that this session has shown a second factor by setting it up."""
    request.session[SET_UP_HERE] = time.time()
