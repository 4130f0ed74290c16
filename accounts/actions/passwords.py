"""Setting a password through a mailed link."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.actions.mail_tokens import spend_mail_token
from accounts.models import User
from accounts.models.mail_tokens import MailToken


@transaction.atomic
def set_password_by_mail(token: MailToken, *, password: str, at: datetime) -> User:
    """Spend `token` and set `password`; who opened the mail has also shown that its address is theirs.

    Every session of the account ends: Django ties sessions to the password.
    Raises MailTokenSpentError.
    """
    spent = spend_mail_token(token, at=at)
    user = User.objects.get(pk=spent.user_id)
    user.set_password(password)
    user.save(update_fields=["password"])
    _confirm(spent.address)
    return user


def _confirm(address: EmailAddress) -> None:
    if address.set_verified():
        address.set_as_primary(conditional=True)
