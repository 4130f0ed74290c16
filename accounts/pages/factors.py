"""Whether this browser session has shown a second factor, and not only its account has one.

A session that began before the factor was set up, perhaps with a stolen password, must not profit from it.
"""

import time
from collections.abc import Sequence

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from accounts.models import User

FACTORS: Sequence[str] = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
SET_UP_HERE = "accounts_factor_set_up_here"


def has_factor(user: User) -> bool:
    """Whether `user` could be asked for one; recovery codes alone are none."""
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def was_shown(request: HttpRequest) -> bool:
    """Whether this session signed in, or answered again, with a second factor, or set it up."""
    records = get_authentication_records(request, request.user)
    return SET_UP_HERE in request.session or any(record["method"] == "mfa" for record in records)


def was_shown_today(request: HttpRequest) -> bool:
    """Whether that was within STAFF_FACTOR_LASTS: a browser that stays signed in must not open the desk for weeks."""
    records = get_authentication_records(request, request.user)
    shown = [record["at"] for record in records if record["method"] == "mfa"]
    last = max([request.session.get(SET_UP_HERE, 0), *shown])
    return bool(time.time() - last < settings.STAFF_FACTOR_LASTS.total_seconds())


def remember_set_up(request: HttpRequest) -> None:
    """This session has just shown a factor by setting it up."""
    request.session[SET_UP_HERE] = time.time()
