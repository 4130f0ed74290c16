"""The mails that tell learners what became of their work."""

from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.pages.learner_mails import learner_mail
from accounts.pages.mails import Mail
from assessments.models import Judgement, Submission


def judged_mail(submission: Submission) -> EmailMessage | None:
    """The work was assessed by everybody who had to."""
    return _about(
        submission,
        _("Your work “%(title)s” was assessed."),
        _("The decision and the comments are on its page."),
    )


def returned_mail(judgement: Judgement) -> EmailMessage | None:
    """The work was returned for revision."""
    return _about(
        judgement.submission,
        _("Your work “%(title)s” was returned to you for revision. The attempt goes on."),
        _("The comments say what to revise. Hand it in again when you are done."),
    )


def corrected_mail(judgement: Judgement) -> EmailMessage | None:
    """The assessor has corrected what they had found, and the page shows what was said before."""
    return _about(
        judgement.submission,
        _("The assessment of your work “%(title)s” was corrected."),
        _("Its page shows the decision as it is now, and as it was before."),
    )


def _about(submission: Submission, *lines: str | Promise) -> EmailMessage | None:
    title = {"title": submission.assessment_revision.assessment.title}
    return learner_mail(
        submission.learner,
        # Formatted when it is called: only then the language of the learner is active.
        lambda: Mail(
            _("There is news about your work"), tuple(str(line) % title for line in lines), _("Open the work")
        ),
        path=reverse("work:piece", args=[submission.public_id]),
    )
