"""Work that does not wait for this assessor: what became of it, told in a sentence or two."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from assessments.errors import HandedInAgainError
from assessments.models import Judgement, Submission, SubmissionState

WORDS: Mapping[str, Callable[[], str]] = {
    SubmissionState.WITHDRAWN: lambda: _("The learner has taken this work back. It is not judged."),
    SubmissionState.RETURNED: lambda: _(
        "%(name)s has returned this work for revision. It comes back when the learner hands it in again."
    ),
    SubmissionState.JUDGED: lambda: _("%(name)s has judged this work. It needs no further judgement."),
    SubmissionState.SUBMITTED: lambda: _("This is your own work: somebody else judges it."),
}


def what_happened(submission: Submission, user: User, gone: Exception | None = None) -> str:
    """Why `user` does not judge this work now; `gone` is what an action answered, if one was asked."""
    if isinstance(gone, HandedInAgainError):
        return _("The work was returned and handed in again after you had opened it. Read it anew before you judge it.")
    given = Judgement.objects.filter(submission=submission).select_related("assessor").order_by("pk")
    last = given.last()
    if last and given.filter(assessor=user, round=submission.round).exists():
        if submission.state == SubmissionState.SUBMITTED:
            return _("You have judged this work. It waits for another assessor.")
        return _("You have judged this work.")
    names: dict[str, Any] = {"name": last.assessor.display_name if last else ""}
    return WORDS[submission.state]() % names
