"""Whether something changed in what a learner's pages show of programs, told in a few queries."""

from datetime import datetime

from django.db.models import Count, Max

from accounts.models import Learner
from assessments.queries.news import news_of as news_of_work
from config.base.canonical import Json
from programs.models import EnrollmentEvent, Progress


def news_of(learner: Learner, *, at: datetime) -> list[Json]:
    """Differs from what it was before as soon as progress or an enrollment changed, or anything below them did."""
    audited = Progress.objects.of(learner).aggregate(count=Count("pk"), last=Max("audited_at"))
    events = EnrollmentEvent.objects.of(learner).aggregate(count=Count("pk"), last=Max("pk"))
    return [*news_of_work(learner, at=at), *(str(value) for value in (*audited.values(), *events.values()))]
