"""`manage.py create_registrar`: creates the first account that can assign roles, or another one."""

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
from core.clock import now
from core.operator import CommandResult, OperatorCommand

REASON = "manage.py create_registrar"


class Command(OperatorCommand):
    """Makes an account a registrar everywhere and prints a link to choose its first password."""

    help = (
        "Make a registrar who may do everything a registrar may, everywhere. Prints a link to choose a password, "
        "good once and for two weeks, unless a password is given."
    )

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Add the e-mail, the name and the two ways to enter a password."""
        parser.add_argument("email", help="the address to sign in with")
        parser.add_argument("--name", default="", help="what pages call this person; the address, when left out")
        password = parser.add_mutually_exclusive_group()
        password.add_argument("--password-file", help="read the password from the first line of this file; - is stdin")
        password.add_argument("--ask-password", action="store_true", help="ask for the password here")

    @transaction.atomic
    def operate(self, **options: Any) -> CommandResult:  # noqa: ANN401 - argparse hands options untyped
        """Create the account and the role, both or neither; return the link, if there is one."""
        address = options["email"].strip()
        try:
            validate_email(address)
        except ValidationError as error:
            raise CommandError(f"{address!r} is no e-mail address.") from error
        password = _password(options["password_file"], ask=options["ask_password"])
        name = options["name"].strip() or address
        try:
            user, account_created, role_granted = create_registrar(address, display_name=name, at=now(), reason=REASON)
        except EmailTakenError as error:
            raise CommandError(f"Another account has confirmed {address} as its second address.") from error
        link = _password_link(user, password)
        self.say(_summary(user, account_created=account_created, role_granted=role_granted))
        if link:
            self.say("To choose a password, open this link. It works once, for two weeks, and is shown only here:")
            self.say(link)
        return CommandResult({"email": user.email, "made": account_created, "granted": role_granted, "link": link})


def _password_link(user: User, password: str) -> str:
    """Set the first password, or return a link to choose it; the link is empty if the account has a password."""
    if user.has_usable_password():
        if password:
            raise CommandError(f"{user.email} has a password already; only its owner changes it.")
        return ""
    if password:
        _set_password(user, password)
        return ""
    token = issue_mail_token(user, email=user.email, purpose=MailPurpose.INVITATION, at=now())
    return settings.PUBLIC_URL + reverse("account_reset_password_from_key", args=[token])


def _summary(user: User, *, account_created: bool, role_granted: bool) -> str:
    if account_created:
        return f"{user.email} has an account now and is a registrar."
    return (
        f"{user.email} had an account and is a registrar now."
        if role_granted
        else f"{user.email} is a registrar already."
    )


def _password(file: str, *, ask: bool) -> str:
    """The password from the terminal or from the first line of a file; empty without either option."""
    if ask:
        password = getpass.getpass("Password: ")
        if getpass.getpass("The same again: ") != password:
            raise CommandError("The two passwords differ; nothing was changed.")
        return password
    if not file:
        return ""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"The password file cannot be read: {error.strerror}.") from error
    password = text.split("\n", 1)[0].rstrip("\r")
    if not password:
        raise CommandError("The first line of the password file is empty.")
    return password


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    set_first_password(user, password=password)
