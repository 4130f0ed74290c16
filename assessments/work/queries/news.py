"""A cheap check whether a learner's pages of mastery and work have changed: one query.

Open pages ask this every few seconds, so each part is a column of one row instead of a query of its own.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable

from accounts.models import Learner
from accounts.queries.time_zones import learners_time_zone, zone_named
from assessments.models import Mastery, Submission
from core import clock
from core.database.compiled import compiled
from core.text.canonical import Json


def news_of(learner: Learner, *, at: datetime) -> list[Json]:
    """Return values that differ as soon as mastery was decided again, work changed its state, or a new day began."""
    (columns,) = _news(learner.pk)
    return news_in(columns, at=at)


@compiled
def _news(learner: int) -> QuerySet[Learner, tuple[Any, ...]]:
    columns = news_columns(Learner(pk=learner))
    return Learner.objects.filter(pk=learner).annotate(**columns).values_list(*columns)


def news_columns(learner: Learner) -> dict[str, Combinable]:
    """Annotations for one row of anything, each a subquery about this person; `news_in` reads them in this order."""
    return {
        "news_zone": learners_time_zone(),
        **columns_over(
            Mastery.objects.carried_by(learner), mastery_rows=Count("pk"), mastery_decided=Max("decided_at")
        ),
        **columns_over(
            Submission.objects.of(learner),
            work_begun=Count("pk"),
            work_handed_in=Max("submitted_at"),
            work_returned=Max("returned_at"),
            work_judged=Max("judged_at"),
        ),
    }


def columns_over(rows: QuerySet[Any, Any], **aggregates: Combinable) -> dict[str, Combinable]:
    """Aggregates over all of `rows` as annotations of a row of something else."""
    whole = rows.order_by().annotate(whole=Value(1)).values("whole")
    return {
        f"news_{name}": Subquery(whole.annotate(found=aggregate).values("found"))
        for name, aggregate in aggregates.items()
    }


def news_in(columns: Sequence[Any], *, at: datetime) -> list[Json]:
    """The values of `news_columns`, with whatever follows them, as what tells two states of a page apart."""
    zone, *rest = columns
    return [str(clock.civil_date(at, zone_named(zone))), *(str(value) for value in rest)]


def day_of(news: Sequence[Json]) -> date:
    """The learners' civil date, with which news begin: whoever has read them need not ask for it again."""
    return date.fromisoformat(str(news[0]))
