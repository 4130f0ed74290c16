"""A cheap check whether a learner's pages of mastery and work have changed: two queries."""

from datetime import datetime

from django.db.models import Count, Max

from accounts.models import Learner
from accounts.queries import learners_day
from assessments.models import Mastery, Submission
from config.base.canonical import Json


def news_of(learner: Learner, *, at: datetime) -> list[Json]:
    """Return values that differ as soon as mastery was decided again, work changed its state, or a new day began."""
    decided = Mastery.objects.carried_by(learner).aggregate(count=Count("pk"), last=Max("decided_at"))
    # Beginning, submitting, returning and judging work each change one of these values.
    work = Submission.objects.of(learner).aggregate(
        begun=Count("pk"), handed_in=Max("submitted_at"), returned=Max("returned_at"), judged=Max("judged_at")
    )
    return [str(learners_day(at)), *(str(value) for value in (*decided.values(), *work.values()))]
