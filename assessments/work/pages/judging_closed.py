"""Why work does not wait for this assessor any more, in a sentence or two."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from assessments.errors import HandedInAgainError
from assessments.models import Submission, SubmissionState
from assessments.work.queries.work import judgements_of

WORDS: Mapping[str, Callable[[], str]] = {
    SubmissionState.WITHDRAWN: lambda: _("The learner has withdrawn this work. It is not assessed."),
    SubmissionState.RETURNED: lambda: _(
        "%(name)s has returned this work for revision. It comes back when the learner hands it in again."
    ),
    SubmissionState.JUDGED: lambda: _("%(name)s has assessed this work. It needs no further assessment."),
    SubmissionState.SUBMITTED: lambda: _("This is your own work: somebody else assesses it."),
}


def reason_closed(submission: Submission, user: User, refusal: Exception | None = None) -> str:
    """Return in words why `user` cannot judge this work now; `refusal` is what an action raised, if one was called."""
    if isinstance(refusal, HandedInAgainError):
        return _(
            "The work was returned and handed in again after you had opened it. Read it again before you assess it."
        )
    judgements = list(judgements_of(submission))
    last = judgements[-1] if judgements else None
    if any(row.assessor_id == user.pk and row.round == submission.round for row in judgements):
        if submission.state == SubmissionState.SUBMITTED:
            return _("You have assessed this work. It waits for another assessor.")
        return _("You have assessed this work.")
    names: dict[str, Any] = {"name": last.assessor.display_name if last else ""}
    return WORDS[submission.state]() % names
