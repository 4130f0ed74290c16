"""The choices of the authoring forms: levels, policies, programs, milestones and scales."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Organization
from assessments.models import MasteryPolicyVersion
from competencies.models import Competency, CompetencyRevision, ProficiencyLevel, ProficiencyScale
from competencies.queries.choices import originals_in
from programs.models import Milestone, ProgramVersion


def levels_for(competency: int | None) -> QuerySet[ProficiencyLevel]:
    """Return the levels of a competency's current scale, lowest first; none without a competency."""
    return ProficiencyLevel.objects.filter(scale__in=_scale_of(competency)).order_by("rank")


def policies_for(competency: int | None) -> QuerySet[MasteryPolicyVersion]:
    """Return the policy versions in use on a competency's current scale."""
    return policies_in_use().filter(scale__in=_scale_of(competency))


def policies_in_use() -> QuerySet[MasteryPolicyVersion]:
    """Return all versions of policies that are not retired, the newest of each policy first."""
    rows = MasteryPolicyVersion.objects.filter(policy__retired_at=None)
    return rows.select_related("policy").order_by("policy__title", "-number")


def scales_in_use() -> QuerySet[ProficiencyScale]:
    """Return the scales that are not retired."""
    return ProficiencyScale.objects.filter(retired_at=None).order_by("title", "pk")


def versions_to_stack(version: ProgramVersion) -> QuerySet[ProgramVersion]:
    """Return the versions in force of other programs, which a requirement of this version may name."""
    rows = ProgramVersion.objects.published().exclude(program=version.program_id).defer("content")
    return rows.select_related("program").order_by("program__title", "-number")


def milestones_reached_once() -> QuerySet[Milestone]:
    """Return the milestones without a unit."""
    return Milestone.objects.filter(unit="").order_by("title", "pk")


def milestones_counted() -> QuerySet[Milestone]:
    """Return the milestones with a unit, which are counted."""
    return Milestone.objects.exclude(unit="").order_by("title", "pk")


def places_of_study() -> QuerySet[Organization]:
    """Return the institution and its branches, by name."""
    return Organization.objects.ours().order_by("name", "pk")


def competencies_coded(code: str) -> list[Competency]:
    """Return the competencies of published frameworks with this code, whatever its case; translations are left out."""
    rows = originals_in(Competency.objects.public().listed().filter(code__iexact=code.strip()))
    rows = rows.select_related("framework")
    return list(rows.order_by("framework__title", "pk")[:5])


def _scale_of(competency: int | None) -> QuerySet[CompetencyRevision, Any]:
    return CompetencyRevision.objects.current().filter(competency=competency).values("scale")
