"""Whether a judgement can be corrected, and whether anything rests on it already.

Awards lie in an app above; it adds its answer here.
"""

from collections.abc import Callable, Collection
from uuid import UUID

from assessments.models import Judgement, JudgementOutcome, Submission, SubmissionState

# Takes the ids of all records of a person, and the pieces of evidence that would change.
RestCheck = Callable[[Collection[int], Collection[UUID]], bool]
_CHECKS: list[RestCheck] = []


def add_rest_check(check: RestCheck) -> None:
    """Add a function that says whether something rests on pieces of evidence. Called once, when apps are ready."""
    if check not in _CHECKS:
        _CHECKS.append(check)


def something_rests_on(records: Collection[int], pieces: Collection[UUID]) -> bool:
    """Return whether anything that was granted to the person of these records rests on one of the pieces."""
    return bool(pieces) and any(check(records, pieces) for check in _CHECKS)


def correctable(judgement: Judgement, submission: Submission) -> bool:
    """Return whether the judgement still counts: it is of the present round, or the return that ended the last one.

    What was said of earlier rounds stays as it was: the work has changed since.
    """
    if judgement.outcome == JudgementOutcome.RETURNED:
        return submission.state == SubmissionState.RETURNED and judgement.round == submission.round - 1
    judged = submission.state in {SubmissionState.SUBMITTED, SubmissionState.JUDGED}
    return judged and judgement.round == submission.round
