"""What lists of choices offer: each competency once, whatever the number of its translations."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from competencies.formats.markup import line_of
from competencies.models import Association, Competency, Framework, Kind, ProficiencyLevel
from competencies.models.items import CompetencyQuerySet

LONGEST = 100  # characters of a statement beside its code


def originals_in(competencies: CompetencyQuerySet) -> CompetencyQuerySet:
    """Leave out translations: they say the same as a competency of the database, and have its code."""
    translations = Association.objects.listed().filter(kind=Kind.TRANSLATION_OF, destination__isnull=False)
    return competencies.filter(~Exists(translations.filter(origin=OuterRef("pk"))))


def with_originals(competencies: CompetencyQuerySet) -> CompetencyQuerySet:
    """Return the originals among the rows, and those of the translations among them.

    A search in any language finds the competency that is meant.
    """
    found = competencies.order_by().values("pk")
    meant = Association.objects.listed().filter(kind=Kind.TRANSLATION_OF, origin__in=found)
    rows = Competency.objects.listed()
    return originals_in(rows.filter(pk__in=found) | rows.filter(pk__in=meant.values("destination")))


def competencies_offered() -> CompetencyQuerySet:
    """Return all competencies that a form can offer, as `by_framework` does."""
    return by_framework(Competency.objects.listed())


def by_framework(competencies: CompetencyQuerySet) -> CompetencyQuerySet:
    """Return competencies without translations, with `statement`, framework by framework in the source's order."""
    rows: CompetencyQuerySet = competencies.with_current_revision().select_related("framework")
    return originals_in(rows).order_by("framework__title", "framework", "position", "pk")


def frameworks_offered() -> QuerySet[Framework]:
    """Return all frameworks, published or not, by title."""
    return Framework.objects.order_by("title", "pk")


def levels_offered() -> QuerySet[ProficiencyLevel]:
    """Return the levels of all scales that are not retired, scale by scale, the lowest first."""
    rows = ProficiencyLevel.objects.filter(scale__retired_at=None).select_related("scale")
    return rows.order_by("scale__title", "scale", "rank")


def competency_in_words(competency: Any) -> str:  # noqa: ANN401 - with the column `statement`
    """Return code and words of a competency on one line; long statements are cut."""
    statement = competency.short_statement or competency.statement or competency.label
    return code_and_words(competency.code, statement) or str(competency)


def code_and_words(code: str, statement: str) -> str:
    """Return a code and the words of a statement on one line; long statements are cut."""
    words = line_of(statement)
    if len(words) > LONGEST:
        words = f"{words[:LONGEST].rstrip()}…"
    return " · ".join(part for part in dict.fromkeys((code, words)) if part)


def competencies_in_words(public_ids: Iterable[str]) -> dict[str, str]:
    """Return code and words of competencies, by public id; one query where there are any."""
    names = set(public_ids)
    rows = Competency.objects.with_current_revision().filter(public_id__in=names) if names else ()
    return {str(row.public_id): competency_in_words(row) for row in rows}


def framework_in_words(framework: Framework) -> str:
    """Return the title with version and publisher: versions of one framework share the title."""
    further = (framework.version, framework.publisher or framework.creator)
    return " · ".join(part for part in (framework.title, *further) if part)
