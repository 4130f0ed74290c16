"""Setting a password through a mailed link."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.actions.mail_tokens import spend_mail_token
from accounts.models import User
from accounts.models.mail_tokens import MailToken


@transaction.atomic
def set_password_by_mail(token: MailToken, *, password: str, at: datetime) -> User:
    """Spend `token`, set `password`, and confirm the address to which the token was mailed.

    All sessions of the account end, because Django ties a session to the password hash.
    Raises MailTokenSpentError.
    """
    spent_token = spend_mail_token(token, at=at)
    user = User.objects.get(pk=spent_token.user_id)
    user.set_password(password)
    user.save(update_fields=["password"])
    _confirm_address(spent_token.address)
    return user


def _confirm_address(address: EmailAddress) -> None:
    if address.set_verified():
        # `conditional` keeps an existing primary address.
        address.set_as_primary(conditional=True)
