"""`manage.py create_registrar`: the first person who can hand out rights, or one more."""

import getpass
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from accounts.actions.mail_tokens import issue_mail_token
from accounts.actions.users import create_registrar, set_first_password
from accounts.errors import EmailTakenError
from accounts.models import MailPurpose, User
from config.base.clock import now
from config.base.operator import OperatorCommand, Outcome

REASON = "manage.py create_registrar"


class Command(OperatorCommand):
    help = (
        "Make a registrar who may do everything a registrar may, everywhere. Prints a link to choose a password, "
        "good once and for two weeks, unless a password is given."
    )

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address to sign in with")
        parser.add_argument("--name", default="", help="what pages call this person; the address, when left out")
        password = parser.add_mutually_exclusive_group()
        password.add_argument("--password-file", help="read the password from the first line of this file; - is stdin")
        password.add_argument("--ask-password", action="store_true", help="ask for the password here")

    @transaction.atomic
    def operate(self, **options: Any) -> Outcome:  # noqa: ANN401 - argparse hands options untyped
        address = options["email"].strip()
        try:
            validate_email(address)
        except ValidationError as wrong:
            raise CommandError(f"{address!r} is no e-mail address.") from wrong
        password = _password(options["password_file"], ask=options["ask_password"])
        name = options["name"].strip() or address
        try:
            user, made, granted = create_registrar(address, display_name=name, at=now(), reason=REASON)
        except EmailTakenError as taken:
            raise CommandError(f"Another account has confirmed {address} as its second address.") from taken
        link = _let_in(user, password)
        self.say(_sentence(user, made=made, granted=granted))
        if link:
            self.say("To choose a password, open this link. It works once, for two weeks, and is shown only here:")
            self.say(link)
        return Outcome({"email": user.email, "made": made, "granted": granted, "link": link})


def _let_in(user: User, password: str) -> str:
    """Give the account its first password, or return the link by which its owner chooses one; none when it has one."""
    if user.has_usable_password():
        if password:
            raise CommandError(f"{user.email} has a password already; only its owner changes it.")
        return ""
    if password:
        _set_password(user, password)
        return ""
    token = issue_mail_token(user, email=user.email, purpose=MailPurpose.INVITATION, at=now())
    return settings.PUBLIC_URL + reverse("account_reset_password_from_key", args=[token])


def _sentence(user: User, *, made: bool, granted: bool) -> str:
    if made:
        return f"{user.email} has an account now and is a registrar."
    return (
        f"{user.email} had an account and is a registrar now." if granted else f"{user.email} is a registrar already."
    )


def _password(file: str, *, ask: bool) -> str:
    if ask:
        password = getpass.getpass("Password: ")
        if getpass.getpass("The same again: ") != password:
            raise CommandError("The two passwords differ; nothing was changed.")
        return password
    if not file:
        return ""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as unreadable:
        raise CommandError(f"The password file cannot be read: {unreadable.strerror}.") from unreadable
    password = text.split("\n", 1)[0].rstrip("\r")
    if not password:
        raise CommandError("The first line of the password file is empty.")
    return password


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise CommandError(" ".join(weak.messages)) from weak
    set_first_password(user, password=password)
