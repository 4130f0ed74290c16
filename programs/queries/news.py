"""Whether something changed in what a learner's pages show of programs, told in a few queries."""

from datetime import datetime

from django.db.models import Count, Max, Q

from accounts.models import Learner
from assessments.queries.news import news_of as news_of_work
from config.base.canonical import Json
from programs.models import Award, EnrollmentEvent, Progress


def news_of(learner: Learner, *, at: datetime) -> list[Json]:
    """Differs from what it was before as soon as progress, an enrollment, an award or what they rest on changed."""
    audited = Progress.objects.of(learner).aggregate(count=Count("pk"), last=Max("audited_at"))
    events = EnrollmentEvent.objects.of(learner).aggregate(count=Count("pk"), last=Max("pk"))
    awards = Award.objects.of(learner).aggregate(
        proposed=Count("pk"), decided=Max("decided_at"), ended=Count("pk", filter=Q(ended_at__isnull=False))
    )
    told = (*audited.values(), *events.values(), *awards.values())
    return [*news_of_work(learner, at=at), *(str(value) for value in told)]
