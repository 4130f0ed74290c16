"""What holds of competencies' rows beyond what a constraint can say; called by the command that checks the whole."""

from collections.abc import Iterator

from django.db.models import Count, F, Max, Q

from competencies.models import Association, Competency, CompetencyRevision, Kind, ProficiencyScale
from competencies.rules.cycles import cycle_in


def problems() -> Iterator[str]:
    """A plain sentence for each thing that is wrong."""
    yield from _speechless()
    yield from _gaps()
    yield from _circles()
    yield from _strange_ends()
    yield from _free_scales_of_used_revisions()
    yield from _broken_ladders()


def _speechless() -> Iterator[str]:
    """Every competency says something: it has a current revision."""
    current = CompetencyRevision.objects.current().values("competency")
    for key in Competency.objects.exclude(pk__in=current).order_by("pk").values_list("pk", flat=True):
        yield f"Competency {key} has no current revision."


def _gaps() -> Iterator[str]:
    """Revisions are numbered without gaps, and the current one is the last."""
    counted = Competency.objects.annotate(
        count=Count("revisions"),
        last=Max("revisions__number"),
        current=Max("revisions__number", filter=Q(revisions__superseded_at=None)),
    )
    for key in counted.exclude(count=F("last")).order_by("pk").values_list("pk", flat=True):
        yield f"The revisions of competency {key} are not numbered without gaps."
    for key in counted.filter(current__lt=F("last")).order_by("pk").values_list("pk", flat=True):
        yield f"The current revision of competency {key} is not its last."


def _circles() -> Iterator[str]:
    """Nothing leads back to itself (invariant 8)."""
    for kind in (Kind.CHILD_OF, Kind.PRECEDES):
        edges = Association.objects.standing().of_kind(kind).exclude(origin=None).exclude(destination=None)
        circle = cycle_in(edges.order_by("pk").values_list("origin_id", "destination_id"))
        if circle:
            yield f"{kind} leads from competency {circle[0]} back to itself."


def _strange_ends() -> Iterator[str]:
    """What an association names as its end by identifier is the competency it points at."""
    for end in ("origin", "destination"):
        named = Association.objects.exclude(**{end: None}).exclude(**{f"{end}_link__identifier": None})
        other = named.exclude(**{f"{end}_link__identifier__iexact": F(f"{end}__source_identifier")})
        for key in other.order_by("pk").values_list("pk", flat=True):
            yield f"Association {key} names another {end} than it points at."


def _free_scales_of_used_revisions() -> Iterator[str]:
    """A scale is frozen with the first revision that uses it (invariant 7)."""
    free = ProficiencyScale.objects.filter(used_at=None, revisions__used_at__isnull=False)
    for key in free.order_by("pk").values_list("pk", flat=True).distinct():
        yield f"Proficiency scale {key} is in use and not frozen."


def _broken_ladders() -> Iterator[str]:
    """Levels are ranked from 1 without gaps."""
    for scale in ProficiencyScale.objects.prefetch_related("levels").order_by("pk"):
        ranks = sorted(level.rank for level in scale.levels.all())
        if ranks != list(range(1, len(ranks) + 1)):
            yield f"The levels of proficiency scale {scale.pk} are not ranked from 1 to {len(ranks)}."
