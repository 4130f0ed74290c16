"""Integrity checks of competencies that no database constraint can express; `check_integrity` runs them."""

from collections.abc import Iterator

from django.db.models import Count, F, Max, Q

from competencies.models import Association, Competency, CompetencyRevision, Kind, ProficiencyScale
from competencies.rules.cycles import cycle_in


def problems() -> Iterator[str]:
    """One sentence for each problem."""
    yield from _without_current_revision()
    yield from _misnumbered_revisions()
    yield from _circles()
    yield from _mismatched_ends()
    yield from _unfrozen_scales_in_use()
    yield from _misranked_levels()


def _without_current_revision() -> Iterator[str]:
    """Every competency must have a current revision."""
    current = CompetencyRevision.objects.current().values("competency")
    for pk in Competency.objects.exclude(pk__in=current).order_by("pk").values_list("pk", flat=True):
        yield f"Competency {pk} has no current revision."


def _misnumbered_revisions() -> Iterator[str]:
    """Revisions must be numbered without gaps, and the current one must be the last."""
    numbered = Competency.objects.annotate(
        count=Count("revisions"),
        last=Max("revisions__number"),
        current=Max("revisions__number", filter=Q(revisions__superseded_at=None)),
    )
    for pk in numbered.exclude(count=F("last")).order_by("pk").values_list("pk", flat=True):
        yield f"The revisions of competency {pk} are not numbered without gaps."
    for pk in numbered.filter(current__lt=F("last")).order_by("pk").values_list("pk", flat=True):
        yield f"The current revision of competency {pk} is not its last."


def _circles() -> Iterator[str]:
    """Acyclic kinds of associations must not form a cycle (invariant 8)."""
    for kind in (Kind.CHILD_OF, Kind.PRECEDES):
        edges = Association.objects.listed().of_kind(kind).exclude(origin=None).exclude(destination=None)
        circle = cycle_in(edges.order_by("pk").values_list("origin_id", "destination_id"))
        if circle:
            yield f"{kind} leads from competency {circle[0]} back to itself."


def _mismatched_ends() -> Iterator[str]:
    """The identifier in an end of an association must be the one of the competency that it refers to."""
    for end in ("origin", "destination"):
        with_named_end = Association.objects.exclude(**{end: None}).exclude(**{f"{end}_link__identifier": None})
        mismatched = with_named_end.exclude(**{f"{end}_link__identifier__iexact": F(f"{end}__source_identifier")})
        for pk in mismatched.order_by("pk").values_list("pk", flat=True):
            yield f"Association {pk} names another {end} than it points at."


def _unfrozen_scales_in_use() -> Iterator[str]:
    """A scale must be marked as used as soon as one of its revisions is (invariant 7)."""
    free = ProficiencyScale.objects.filter(used_at=None, revisions__used_at__isnull=False)
    for pk in free.order_by("pk").values_list("pk", flat=True).distinct():
        yield f"Proficiency scale {pk} is in use and not frozen."


def _misranked_levels() -> Iterator[str]:
    """The levels of a scale must be ranked from 1 without gaps."""
    # In Python: SQL would need a window function, and there are few scales.
    for scale in ProficiencyScale.objects.prefetch_related("levels").order_by("pk"):
        ranks = sorted(level.rank for level in scale.levels.all())
        if ranks != list(range(1, len(ranks) + 1)):
            yield f"The levels of proficiency scale {scale.pk} are not ranked from 1 to {len(ranks)}."
