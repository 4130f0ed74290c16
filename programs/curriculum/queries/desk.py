"""Rows for the desk pages of programs, versions and achievements."""

from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from programs.curriculum.queries.learner_counts import with_learners
from programs.models import Program, ProgramVersion, Requirement, VersionState


def with_version_numbers(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return programs with `learners_now`, `number_in_force` and `number_drafted` (numbers of versions)."""
    counted: QuerySet[Any] = with_learners(rows, "enrollments")
    with_numbers: QuerySet[Any] = counted.annotate(
        number_in_force=Max("versions__number", filter=Q(versions__state=VersionState.PUBLISHED)),
        number_drafted=Max("versions__number", filter=Q(versions__state=VersionState.DRAFT)),
    )
    return with_numbers


def lean_versions(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return versions with `learners_now`, without their content."""
    # The content is a whole program as JSON, and no list shows it.
    return with_learners(rows.defer("content"), "enrollments")


def achievement_versions_of_programs(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the achievement versions of programs with `holders_now`: the number of valid awards."""
    holders = Count("awards", filter=Q(awards__state="granted"), distinct=True)
    mine = rows.filter(achievement__program__isnull=False).defer("content")
    counted: QuerySet[Any] = mine.annotate(holders_now=holders)
    return counted


def newest_frozen_version(program: Program) -> ProgramVersion | None:
    """Return the newest version that is no draft: the one that a new draft begins with."""
    return program.versions.exclude(state=VersionState.DRAFT).order_by("-number").first()


def has_version_in_force(version: ProgramVersion) -> bool:
    """Return whether the program of a version has a version in force."""
    return ProgramVersion.objects.published().filter(program=version.program_id).exists()


def requirement_with_key(version: ProgramVersion, key: str) -> Requirement | None:
    """Return the requirement of a version with this key, with its competency and parent; None where there is none."""
    return version.requirements.select_related("competency", "parent").filter(key=key).first()
