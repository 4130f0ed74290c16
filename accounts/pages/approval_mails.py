"""The mails about approvals: to those who can decide, and to the person who asked when it is decided.

They say what the page says: for whom, what, why, and what follows. Subjects name nothing of it.
"""

from collections.abc import Mapping

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.labels import subject_of
from accounts.models import Approval, ApprovalOutcome
from accounts.pages.mails import MAILS, Mail, message_of

DECISIONS: Mapping[str, str | Promise] = {
    ApprovalOutcome.APPROVED: _("Your request was approved by %(name)s. What you asked for can be done now."),
    ApprovalOutcome.DECLINED: _("Your request was declined by %(name)s."),
    ApprovalOutcome.VOID: _("Your request no longer counts: what it was about has changed since. Ask again if needed."),
}
# For acts that the approval itself carries out.
CARRIED_OUT = _("Your request was approved by %(name)s. It was carried out with the approval: nothing is left to do.")


def approval_asked_mail(approval: Approval, address: EmailAddress) -> EmailMessage:
    """Somebody asks for an approval that the owner of the address can give."""
    with translation.override(address.user.language or settings.LANGUAGE_CODE):
        name = {"name": approval.asked_by.display_name}
        lines = (_now("%(name)s asks for your approval.") % name, *_facts_of(approval))
        mail = Mail(_now("A request waits for your decision"), lines, _now("Look at what was asked"))
        return _message(mail, approval, address)


def approval_alone_mail(approval: Approval, address: EmailAddress) -> EmailMessage:
    """Somebody may soon decide their own request."""
    with translation.override(address.user.language or settings.LANGUAGE_CODE):
        known = MAILS["approval_alone"]
        return _message(Mail(known.subject, (*known.lines, *_facts_of(approval)), known.button), approval, address)


def approval_decided_mail(approval: Approval, address: EmailAddress) -> EmailMessage:
    """The request of the owner of the address was decided."""
    with translation.override(address.user.language or settings.LANGUAGE_CODE):
        name = {"name": approval.decided_by.display_name if approval.decided_by else ""}
        lines = (_decision_of(approval) % name, *_facts_of(approval))
        mail = Mail(_now("Your request was decided"), lines, _now("Look at what was asked"))
        return _message(mail, approval, address)


def _decision_of(approval: Approval) -> str:
    carried_out = approval.outcome == ApprovalOutcome.APPROVED and subject_of(approval).done_by_approval
    return str(CARRIED_OUT if carried_out else DECISIONS[approval.outcome])


def _facts_of(approval: Approval) -> list[str]:
    """Return one line for each fact, with its name before it: read aloud it is understood without a table.

    What follows is told only where it can still follow, and what would change only before the decision.
    """
    subject = subject_of(approval)
    waits = not approval.outcome
    follows = waits or (approval.outcome == ApprovalOutcome.APPROVED and not subject.done_by_approval)
    lines = [
        _now("What: %(act)s, %(title)s.") % {"act": approval.get_act_display(), "title": subject.title},
        _now("For: %(learner)s.") % {"learner": subject.learner} if subject.learner else "",
        *subject.facts,
        subject.preview if waits else "",
        _now("Reason: %(reason)s") % {"reason": approval.reason},
        _now("What follows: %(consequence)s") % {"consequence": subject.consequence}
        if subject.consequence and follows
        else "",
    ]
    return [line for line in lines if line]


def _message(mail: Mail, approval: Approval, address: EmailAddress) -> EmailMessage:
    url = settings.PUBLIC_URL + reverse("admin:accounts_approval_change", args=[approval.pk])
    return message_of(mail, address.email, greeting=address.user.display_name, url=url)
