"""The mails that tell a holder what became of a credential: issued, renewed, replaced, revoked."""

from collections.abc import Mapping

from django.core.mail import EmailMessage
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.pages.learner_mails import learner_mail
from accounts.pages.mails import Mail
from credentials.models import Credential, DocumentState, IssueReason, RevocationClass

KEPT = _("The signed credential is kept in your record. Anybody you give it to can check it.")
USE_THIS = _("Use this one from now on: the one before says that it was replaced.")
# What has happened to the award, by the reason of the issue.
FIRST_LINES: Mapping[str, str | Promise] = {
    IssueReason.FIRST: _("You were awarded: %(title)s."),
    IssueReason.RENEWAL: _("Your award was renewed: %(title)s."),
    IssueReason.NAME: _("Your credential “%(title)s” was issued again, in your legal name of today."),
    IssueReason.CORRECTION: _("Your credential “%(title)s” was corrected and issued again."),
    IssueReason.KEY_REPLACED: _(
        "Your credential “%(title)s” was signed again with a new key. What it says is the same."
    ),
}
NEW_AWARD = frozenset({IssueReason.FIRST.value, IssueReason.RENEWAL.value})
REVOCATIONS: Mapping[str, str | Promise] = {
    RevocationClass.ISSUED_IN_ERROR: _("It had been issued in error."),
    RevocationClass.HOLDERS_WISH: _("You had asked for it."),
}


def issued_mail(credential: Credential) -> EmailMessage | None:
    """A credential was signed; None if it is not in force any more: another mail tells of that."""
    if credential.state != DocumentState.SIGNED:
        return None
    reason, title = credential.reason, {"title": credential.award.achievement_version.title}

    def write() -> Mail:
        lines = (str(FIRST_LINES[reason]) % title, str(KEPT if reason in NEW_AWARD else USE_THIS))
        subject = _("Your credential is ready") if reason in NEW_AWARD else _("Your credential was issued again")
        return Mail(subject, lines, _("See it"))

    return learner_mail(credential.learner, write, path=f"/credentials/{credential.public_id}")


def revoked_mail(credential: Credential) -> EmailMessage | None:
    """A credential was revoked by the office, while its award stays."""
    title, why = {"title": credential.award.achievement_version.title}, credential.revocation_class

    def write() -> Mail:
        lines = (
            str(_("Your credential “%(title)s” was revoked. Whoever checks it is told so.")) % title,
            str(REVOCATIONS.get(why, "")),
            str(_("The award itself stays. Ask the office that issued it for a new credential.")),
        )
        return Mail(_("There is news about a credential"), tuple(line for line in lines if line), _("See it"))

    return learner_mail(credential.learner, write, path=f"/credentials/{credential.public_id}")
