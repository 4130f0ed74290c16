"""The mails that tell learners what was decided about their programs and awards."""

from datetime import timedelta

from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.pages.learner_mails import learner_mail
from accounts.pages.mails import Mail
from programs.models import Award, Enrollment


def enrolled_mail(enrollment: Enrollment) -> EmailMessage | None:
    """The learner was admitted to a program."""

    def write() -> Mail:
        facts = {"title": enrollment.version.program.title, "day": date_format(enrollment.admitted_on)}
        lines = (
            _("You are enrolled in “%(title)s” from %(day)s.") % facts,
            _("Your pathway shows what the program asks for and how far you are."),
        )
        return Mail(_("You are enrolled"), lines, _("Open your pathway"))

    return learner_mail(enrollment.learner, write, path=reverse("pathway:pathways"))


def rescinded_mail(award: Award) -> EmailMessage | None:
    """An award was rescinded, for good."""

    def write() -> Mail:
        facts = {"title": award.achievement_version.title}
        lines = (
            _("Your award “%(title)s” was rescinded. It is not valid any more.") % facts,
            _("Its credentials are revoked: whoever checks one is told so."),
            _("If you do not know why, or do not agree, write to the office that awarded it."),
        )
        return Mail(_("There is news about an award"), lines, _("Open your pathway"))

    return learner_mail(award.learner, write, path=reverse("pathway:pathways"))


def lapsing_mail(award: Award) -> EmailMessage | None:
    """An award is valid for a few more weeks only; None if it has ended or was renewed meanwhile."""
    if not award.stands or award.valid_until is None:
        return None
    last_day = award.valid_until - timedelta(days=1)  # the column is the first day without it

    def write() -> Mail:
        facts = {"title": award.achievement_version.title, "day": date_format(last_day)}
        lines = (
            _("The last day of your award “%(title)s” is %(day)s.") % facts,
            _("The office that awarded it can tell you how to renew it."),
        )
        return Mail(_("An award ends soon"), lines, _("Open your pathway"))

    return learner_mail(award.learner, write, path=reverse("pathway:pathways"))
