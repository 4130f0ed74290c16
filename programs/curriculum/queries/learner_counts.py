"""How many people study a program, a version or a cohort now."""

from typing import Any

from django.db.models import Count, Q, QuerySet


def with_learners(rows: QuerySet[Any], path: str) -> QuerySet[Any]:
    """Each row with `learners_now`: how many open enrollments `path` leads to."""
    counted: QuerySet[Any] = rows.annotate(
        learners_now=Count(path, filter=Q(**{f"{path}__ended_on": None}), distinct=True)
    )
    return counted
