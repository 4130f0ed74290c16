"""Whether something changed in what a learner's pages show of mastery and work, told in two queries."""

from datetime import datetime

from django.db.models import Count, Max

from accounts.models import Learner
from accounts.queries import learners_day
from assessments.models import Mastery, Submission
from config.base.canonical import Json


def news_of(learner: Learner, *, at: datetime) -> list[Json]:
    """Differs from what it was before as soon as mastery was decided otherwise, work was judged, or a day began."""
    decided = Mastery.objects.carried_by(learner).aggregate(count=Count("pk"), last=Max("decided_at"))
    work = Submission.objects.of(learner).aggregate(
        begun=Count("pk"), handed_in=Max("submitted_at"), returned=Max("returned_at"), judged=Max("judged_at")
    )
    return [str(learners_day(at)), *(str(value) for value in (*decided.values(), *work.values()))]
