"""Values that change whenever a learner's pages of programs change, in one query."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.expressions import Combinable

from accounts.models import Learner
from assessments.work.queries.news import columns_over, news_in
from assessments.work.queries.news import news_columns as work_columns
from core.database.compiled import compiled
from core.text.canonical import Json
from programs.models import Award, EnrollmentEvent, Progress


def news_of(learner: Learner, *, at: datetime) -> list[Json]:
    """Return values that differ as soon as progress, an enrollment, an award or submitted work changes."""
    (columns,) = _news(learner.pk)
    return news_in(columns, at=at)


@compiled
def _news(learner: int) -> QuerySet[Learner, tuple[Any, ...]]:
    columns = news_columns(Learner(pk=learner))
    return Learner.objects.filter(pk=learner).annotate(**columns).values_list(*columns)


def news_columns(learner: Learner) -> dict[str, Combinable]:
    """Return `news_of` as annotations for a row that is read anyway, in the order that `news_in` expects."""
    return {
        **work_columns(learner),
        **columns_over(Progress.objects.of(learner), progress_rows=Count("pk"), progress_audited=Max("audited_at")),
        **columns_over(EnrollmentEvent.objects.of(learner), events=Count("pk"), last_event=Max("pk")),
        **columns_over(
            Award.objects.of(learner),
            awards_proposed=Count("pk"),
            awards_decided=Max("decided_at"),
            awards_ended=Count("pk", filter=Q(ended_at__isnull=False)),
        ),
    }
