"""Reads of rubrics for the people who write them."""

from django.db.models import QuerySet

from assessments.models import Criterion, Rubric
from competencies.models import Competency, CompetencyRevision, Framework, ProficiencyLevel
from competencies.queries.choices import originals_in


def rubrics_offered() -> QuerySet[Rubric]:
    """Return the rubrics that a new assessment may use, by title."""
    return Rubric.objects.filter(retired_at=None).order_by("title", "pk")


def current_criteria_of(rubric: Rubric) -> list[Criterion]:
    """Return the criteria of the rubric's current revision with their levels, in their order."""
    return list(
        Criterion.objects.filter(rubric_revision__rubric=rubric, rubric_revision__superseded_at=None)
        .select_related("competency_revision__competency__framework")
        .prefetch_related("levels__level")
        .order_by("sequence")
    )


def competencies_by_code(framework: Framework) -> dict[str, Competency]:
    """Return the competencies of the framework that have a code and are not retired, by code; no translations."""
    rows = originals_in(Competency.objects.listed().filter(framework=framework).exclude(code=""))
    return {row.code: row for row in rows}


def levels_by_title(competency: Competency) -> dict[str, ProficiencyLevel]:
    """Return the levels of the competency's present scale by title, the lowest first."""
    scale = CompetencyRevision.objects.current().filter(competency=competency).values("scale")
    return {level.title: level for level in ProficiencyLevel.objects.filter(scale__in=scale).order_by("rank")}
