"""The number of learners in a program, a version or a cohort now."""

from typing import Any

from django.db.models import Count, Q, QuerySet


def with_learners(rows: QuerySet[Any], path: str) -> QuerySet[Any]:
    """Add `learners_now` to rows: the number of open enrollments at the lookup `path`."""
    counted: QuerySet[Any] = rows.annotate(
        learners_now=Count(path, filter=Q(**{f"{path}__ended_on": None}), distinct=True)
    )
    return counted
