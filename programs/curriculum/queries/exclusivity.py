"""Learners of earlier versions whose audit would differ if competing parts did not share pieces; reads only."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial

from django.db.models import QuerySet

from core import clock
from programs.audit.queries.attainments import attainments_of, awards_of, exceptions_of, with_awards
from programs.audit.queries.awarding import zone_of
from programs.audit.queries.enrollment_facts import facts_for
from programs.audit.queries.trees import FIRST_CONTENT, audited_tree_of, programs_in, tree_of
from programs.audit.rules.audit import audit
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.context import NEWEST, Context
from programs.audit.rules.requirements import MAX_CACHED_TREES, Requirement
from programs.audit.rules.result import Audit
from programs.curriculum.rules.lint_sharing import COMPETING, overlapping_parts
from programs.models import Enrollment, ProgramVersion, VersionState

BATCH = 200
NEWER = Context(method=NEWEST)


@dataclass(frozen=True, slots=True)
class Figures:
    """What an audit says: status, percent, distance (hundredths), and whether the distance is proven."""

    status: str
    percent: int
    distance: int
    proven: bool


@dataclass(frozen=True, slots=True)
class ExclusivityDifference:
    """An enrollment with its audit as it is, and as it would be if competing parts did not share pieces."""

    enrollment: Enrollment
    shared: Figures
    exclusive: Figures


@lru_cache(maxsize=MAX_CACHED_TREES)
def exclusive_tree_of(tree: Requirement) -> Requirement:
    """Return a tree with every set of siblings exclusive that the linter would suggest as such."""
    # Cached by tree, which is immutable: all learners of a version share the result and what is computed from it.
    return _made_exclusive(tree)


def _made_exclusive(node: Requirement) -> Requirement:
    competing = any(part.kind in COMPETING for part in overlapping_parts(node))
    children = tuple(_made_exclusive(child) for child in node.children)
    return replace(node, children=children, exclusive=node.exclusive or competing)


def versions_shared_where_silent() -> QuerySet[ProgramVersion]:
    """Return the versions that were published before an author was asked, in force or retired, oldest first."""
    rows = ProgramVersion.objects.exclude(state=VersionState.DRAFT).filter(content__format=FIRST_CONTENT)
    return rows.select_related("program__organization").defer("content").order_by("published_at", "pk")


def shared_where_silent(version: ProgramVersion) -> bool:
    """Return whether a version was published before an author was asked whether parts share."""
    return versions_shared_where_silent().filter(pk=version.pk).exists()


def exclusivity_differences(
    version: ProgramVersion, *, at: datetime, solver: Solver | None = None, after: int = 0
) -> Iterator[ExclusivityDifference]:
    """Yield the open enrollments of a version whose audit by the newest method would differ, by id, after id `after`.

    Rows are read in batches, so memory does not grow with the number of learners. Without a solver, distances are those
    of the best plan found.
    """
    tree = tree_of(version)
    if exclusive_tree_of(tree) == tree:
        return
    for enrollment in enrollments_to_compare(version, after=after).iterator(chunk_size=BATCH):
        difference = compared(enrollment, at=at, solver=solver)
        if difference is not None:
            yield difference


def enrollments_to_compare(version: ProgramVersion, *, after: int = 0) -> QuerySet[Enrollment]:
    """Return the open enrollments of a version after an id, in order."""
    rows = Enrollment.objects.open().filter(version=version, pk__gt=after)
    return rows.select_related("learner", "version__program__organization").defer("version__content").order_by("pk")


def compared(enrollment: Enrollment, *, at: datetime, solver: Solver | None = None) -> ExclusivityDifference | None:
    """Return the two audits of an enrollment where they differ, else None."""
    tree = audited_tree_of(enrollment.version, NEWER.method)
    attainments = attainments_of(enrollment.learner, at=at, method=NEWER.method)
    if programs_in(tree):
        attainments = with_awards(tree, attainments, awards_of(enrollment.learner))
    audited = partial(
        audit,
        attainments=attainments,
        exceptions=exceptions_of(enrollment, method=NEWER.method),
        context=NEWER,
        facts=facts_for(tree, enrollment),
        on=clock.civil_date(at, zone_of(enrollment)),
        solver=solver,
    )
    shared, exclusive = _figures(audited(tree)), _figures(audited(exclusive_tree_of(tree)))
    return None if shared == exclusive else ExclusivityDifference(enrollment, shared, exclusive)


def _figures(audited: Audit) -> Figures:
    return Figures(audited.status.value, audited.percent, audited.today.distance, audited.today.proven)
