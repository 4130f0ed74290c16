"""Jobs that send mails about accounts, so that a slow or unreachable mail server delays no request and loses no mail.

The jobs are leased, because they use the network and must not hold a transaction. A repeated job sends the mail again
with a new token, which is harmless.
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse

from accounts import jobs
from accounts.actions.expiry import clear_expired
from accounts.actions.mail_tokens import issue_mail_token
from accounts.models import Approval, MailPurpose
from accounts.pages.approval_mails import approval_alone_mail, approval_asked_mail, approval_decided_mail
from accounts.pages.mails import account_mail
from core import clock
from core.jobs import JobKind, Lane, Mode, job


@job(jobs.MAIL_CONFIRMATION, mode=Mode.LEASED)
def mail_confirmation(address_id: int) -> None:
    """Send a link to confirm an address, unless it is confirmed already."""
    _send_link("confirmation", address_id, MailPurpose.CONFIRM_ADDRESS, "account_confirm_email", confirmed=False)


@job(jobs.MAIL_PASSWORD_LINK, mode=Mode.LEASED)
def mail_password_link(address_id: int) -> None:
    """Send a link to choose a new password."""
    _send_link("password_link", address_id, MailPurpose.RESET_PASSWORD, "account_reset_password_from_key")


@job(jobs.MAIL_INVITATION, mode=Mode.LEASED)
def mail_invitation(address_id: int) -> None:
    """Send a link to choose the first password."""
    _send_link("invitation", address_id, MailPurpose.INVITATION, "account_reset_password_from_key")


@job(jobs.MAIL_ACCOUNT_EXISTS, mode=Mode.LEASED)
def mail_account_exists(address_id: int) -> None:
    """Tell the owner of an account that somebody tried to sign up with the address."""
    for address in _active_address(address_id):
        account_mail("account_exists", address, url=settings.PUBLIC_URL + reverse("account_reset_password")).send()


@job(jobs.MAIL_APPROVAL_ASKED, mode=Mode.LEASED)
def mail_approval_asked(address_id: int, approval_id: int) -> None:
    """Tell somebody who holds the role that a request waits, unless it was decided meanwhile."""
    for address in _active_address(address_id):
        approval = _approval(approval_id)
        if approval.decided_at is None:
            approval_asked_mail(approval, address).send()


@job(jobs.MAIL_APPROVAL_DECIDED, mode=Mode.LEASED)
def mail_approval_decided(address_id: int, approval_id: int) -> None:
    """Tell the person who asked what was decided."""
    for address in _active_address(address_id):
        approval_decided_mail(_approval(approval_id), address).send()


@job(jobs.MAIL_APPROVAL_ALONE, mode=Mode.LEASED)
def mail_approval_alone(address_id: int, approval_id: int) -> None:
    """Tell a registrar or inspector that somebody may soon decide their own request for approval."""
    for address in _active_address(address_id):
        approval_alone_mail(_approval(approval_id), address).send()


def _approval(approval_id: int) -> Approval:
    return Approval.objects.select_related("asked_by", "decided_by").get(pk=approval_id)


@job(name="accounts.clear_expired", lane=Lane.BULK, every=timedelta(days=1))
def clear_expired_rows() -> None:
    """Remove expired sessions, links, tokens and counters."""
    clear_expired(at=clock.now())


def _declare_notice(kind: JobKind) -> None:
    """Declare the job of one notice. Its template is called like the job, without "accounts.mail_"."""
    template = kind.name.removeprefix("accounts.mail_")

    @job(kind, mode=Mode.LEASED)
    def mail_notice(address_id: int) -> None:
        for address in _active_address(address_id):
            account_mail(template, address, at=clock.now()).send()


for _kind in jobs.NOTICES.values():
    _declare_notice(_kind)


def _send_link(name: str, address_id: int, purpose: MailPurpose, route: str, *, confirmed: bool | None = None) -> None:
    """Send a link with a new token; with `confirmed`, only if the address still has this state."""
    for address in _active_address(address_id):
        # The address may have been confirmed since the job was enqueued; a second link would confuse its owner.
        if confirmed is not None and address.verified != confirmed:
            continue
        token = issue_mail_token(address.user, email=address.email, purpose=purpose, at=clock.now())
        account_mail(name, address, url=settings.PUBLIC_URL + reverse(route, args=[token])).send()


def _active_address(address_id: int) -> list[EmailAddress]:
    """A list with the address, or an empty list if it was deleted, its account is closed, or it was never known."""
    return list(EmailAddress.objects.select_related("user").filter(pk=address_id, user__is_active=True))
