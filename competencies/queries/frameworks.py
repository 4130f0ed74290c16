"""What lists, the API and the exporter read: frameworks with their counts, single competencies, whole packages."""

import contextlib
import uuid
from dataclasses import fields
from typing import Any, TypeVar

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from competencies.formats import package as facts
from competencies.formats.package import Package, Scale, ScaleLevel
from competencies.models import (
    Association,
    CaseImport,
    Competency,
    CompetencyRevision,
    Definition,
    Framework,
    ImportState,
    Kind,
    ProficiencyLevel,
    ProficiencyScale,
)
from competencies.rules.identifiers import is_guid

Fact = TypeVar("Fact", bound=facts.Sourced)


def with_counts(frameworks: QuerySet[Framework]) -> QuerySet[Framework]:
    """`frameworks` with `item_count` (translations are not counted), `used_count` and `last_import_at`."""
    translations = Association.objects.listed().filter(kind=Kind.TRANSLATION_OF, destination__isnull=False)
    items = (
        Competency.objects.listed()
        .filter(~Exists(translations.filter(origin=OuterRef("pk"))), framework=OuterRef("pk"))
        .order_by()
        .values("framework")
    )
    used = CompetencyRevision.objects.used().filter(competency__framework=OuterRef("pk")).order_by()
    imports = CaseImport.objects.filter(framework=OuterRef("pk"), state="imported").order_by("-finished_at")
    return frameworks.annotate(
        item_count=Coalesce(Subquery(items.annotate(count=Count("pk")).values("count")), 0),
        used_count=Coalesce(
            Subquery(
                used.values("competency__framework").annotate(count=Count("competency", distinct=True)).values("count")
            ),
            0,
        ),
        last_import_at=Coalesce(Subquery(imports.values("finished_at")[:1]), F("imported_at")),
    )


def frameworks_matching(words: str, *, include_unpublished: bool) -> QuerySet[Framework]:
    """The frameworks that contain every one of the first ten `words`, in the title or in what describes them."""
    rows: QuerySet[Framework] = Framework.objects.all() if include_unpublished else Framework.objects.public()
    for word in words.split()[:10]:
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(creator__icontains=word)
            | Q(publisher__icontains=word)
            | Q(description__icontains=word)
            | Q(subjects__icontains=word)
        )
    return rows


def framework_among(rows: QuerySet[Framework], public_id: uuid.UUID | None) -> Framework | None:
    """The framework of `rows` with this public id."""
    return rows.filter(public_id=public_id).first() if public_id else None


def frameworks_after(rows: QuerySet[Framework], after: Framework | None, *, limit: int) -> list[Framework]:
    """At most `limit` frameworks of `rows` by title, with their counts (see `with_counts`), following `after`."""
    if after is not None:
        rows = rows.filter(Q(title__gt=after.title) | Q(title=after.title, pk__gt=after.pk))
    return list(with_counts(rows).order_by("title", "pk")[:limit])


def framework_with_id(public_id: uuid.UUID) -> Framework | None:
    """The framework with this public id, published or not."""
    return Framework.objects.filter(public_id=public_id).first()


def storable(text: str) -> bool:
    """Whether the database can be asked for this text at all."""
    return "\x00" not in text


def identified_as(name: str) -> Q:
    """The condition on rows that go by `name`: our public id, the GUID in CASE answers, or the source's identifier.

    GUIDs compare without case, other identifiers letter by letter.
    """
    # In any case even where letters must match: that is what the index has.
    condition = Q(source_identifier__iexact=name)
    if not is_guid(name):
        condition &= Q(source_identifier=name)
    with contextlib.suppress(ValueError):  # not every identifier is a UUID
        condition |= Q(public_id=uuid.UUID(name)) | Q(published_guid=uuid.UUID(name))
    return condition


def frameworks_named(name: str) -> QuerySet[Framework]:
    """Frameworks by any of their identifiers (see `identified_as`), which several may claim."""
    rows: QuerySet[Framework] = (
        Framework.objects.filter(identified_as(name)) if storable(name) else Framework.objects.none()
    )
    return rows.order_by("namesake")


def package_of(framework: Framework) -> Package:
    """Everything listed of `framework`, as facts for the exporter; six queries."""
    scales = ProficiencyScale.objects.filter(
        revisions__competency__framework=framework, revisions__superseded_at=None
    ).distinct()
    levels = Prefetch("levels", queryset=ProficiencyLevel.objects.order_by("rank"))
    definitions = Definition.objects.filter(framework=framework, retired_at=None)
    revisions = CompetencyRevision.objects.current().select_related("scale").filter(competency__framework=framework)
    current = {revision.competency_id: revision for revision in revisions}
    items = Competency.objects.listed().filter(framework=framework).order_by("position", "pk")
    return Package(
        version=framework.case_version,
        document=document_facts(framework),
        items=tuple(item_facts(item, current[item.pk]) for item in items),
        edges=tuple(
            edge_facts(edge)
            for edge in Association.objects.listed().filter(framework=framework).order_by("position", "pk")
        ),
        definitions=tuple(definition_facts(row) for row in definitions.order_by("kind", "position", "pk")),
        scales=tuple(scale_facts(scale) for scale in scales.order_by("public_id").prefetch_related(levels)),
        extra=framework.package_extra,
        definitions_extra=framework.definitions_extra,
    )


def document_facts(framework: Framework) -> facts.Document:
    """The framework's own members."""
    return _facts(facts.Document, framework)


def item_facts(item: Competency, revision: CompetencyRevision) -> facts.Item:
    """One competency with what its current revision says."""
    scale = str(revision.scale.public_id) if revision.scale else ""
    return _facts(facts.Item, item, statement=revision.statement, criteria=revision.criteria, scale=scale)


def edge_facts(edge: Association) -> facts.Edge:
    """One association."""
    return _facts(facts.Edge, edge, equivalence=edge.equivalence or None)


def scale_facts(scale: ProficiencyScale) -> Scale:
    """A scale with its levels."""
    levels = sorted(scale.levels.all(), key=lambda level: level.rank)
    return Scale(
        identifier=str(scale.public_id),
        title=scale.title,
        description=scale.description,
        levels=tuple(ScaleLevel(rank=level.rank, title=level.title, description=level.description) for level in levels),
    )


def definition_facts(row: Any) -> facts.Definition:  # noqa: ANN401 - a Definition, which its queryset does not say
    """One definition or rubric."""
    return _facts(facts.Definition, row)


def _facts(kind: type[Fact], row: Any, **others: Any) -> Fact:  # noqa: ANN401 - columns are the fact's fields
    names = [part.name for part in fields(kind) if part.name not in others and part.name != "where"]
    plain: dict[str, Any] = {name: getattr(row, name) for name in names}
    plain |= {name: tuple(value) for name, value in plain.items() if isinstance(value, list)}
    return kind(**plain, **others)


def competency_with_revision(framework_id: uuid.UUID, competency_id: uuid.UUID) -> Any | None:  # noqa: ANN401 - annotated
    """A competency by its and its framework's public id, retired or not, with the columns of its current revision."""
    rows = Competency.objects.with_current_revision().select_related("framework")
    return rows.filter(public_id=competency_id, framework__public_id=framework_id).first()


def revisions_of(competency: Competency) -> list[CompetencyRevision]:
    """All revisions of a competency with their scales, the current one first."""
    return list(competency.revisions.order_by("-number").select_related("scale"))


def levels_of(scale: ProficiencyScale) -> list[ProficiencyLevel]:
    """The levels of a scale, the lowest first."""
    return list(scale.levels.order_by("rank"))


def imports_waiting() -> QuerySet[CaseImport]:
    """Checked files on which a person has not decided yet; for the desk's start page and sidebar."""
    return CaseImport.objects.filter(state=ImportState.CHECKED)
