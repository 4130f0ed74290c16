"""What pages, the API and the exporter read: frameworks with their counts, trees, single competencies, packages."""

import contextlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
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
from competencies.rules.tree import Edge, Limb, forest_of

Fact = TypeVar("Fact", bound=facts.Sourced)

# What a tree shows of a competency; long notes and verbatim members stay in the database.
IN_A_TREE = (
    "public_id",
    "code",
    "short_statement",
    "label",
    "enumeration",
    "item_type",
    "language",
    "source_identifier",
)


def counted(frameworks: QuerySet[Framework]) -> QuerySet[Framework]:
    """`frameworks` with `item_count` (translations are not counted), `used_count` and `last_import_at`."""
    translations = Association.objects.standing().filter(kind=Kind.TRANSLATION_OF, destination__isnull=False)
    items = (
        Competency.objects.standing()
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


def storable(text: str) -> bool:
    """Whether the database can be asked for this text at all."""
    return "\x00" not in text


def frameworks_named(name: str) -> QuerySet[Framework]:
    """Frameworks by public id or by the source's identifier, which several may claim."""
    named = Q(source_identifier=name)
    with contextlib.suppress(ValueError):  # not every identifier is a UUID
        named |= Q(public_id=uuid.UUID(name))
    rows: QuerySet[Framework] = Framework.objects.filter(named) if storable(name) else Framework.objects.none()
    return rows.order_by("namesake")


@dataclass(frozen=True)
class Statement:
    """A competency as one reader sees it: in their language where the framework has it."""

    row: Any  # a Competency with the columns of IN_A_TREE
    text: str
    short: str
    language: str


@dataclass(frozen=True)
class FrameworkTree:
    """A framework's tree with the statement of every key in it."""

    framework: Framework
    forest: tuple[Limb[int], ...]
    statements: Mapping[int, Statement]
    item_count: int

    def parents(self) -> dict[int, int]:
        """The key above each key, in its first place."""
        found: dict[int, int] = {}
        waiting = list(self.forest)
        while waiting:
            limb = waiting.pop()
            for below in limb.limbs:
                if not below.repeated:
                    found[below.key] = limb.key
            waiting += limb.limbs
        return found


def tree_of(framework: Framework, *, language: str = "") -> FrameworkTree:
    """The whole tree in two queries, whatever its size.

    Translations stand in for what they translate when their language is the reader's, and have no place of their own.
    """
    rows = {
        row.pk: row
        for row in Competency.objects.saying()
        .standing()
        .filter(framework=framework)
        .only(*IN_A_TREE, "position", "framework_id")
    }
    for row in rows.values():
        row.framework = framework  # known: no query per address
    edges: list[Edge[int]] = []
    translations: dict[int, list[Any]] = {}
    found = (
        Association.objects.standing()
        .filter(framework=framework, kind__in=[Kind.CHILD_OF, Kind.TRANSLATION_OF], origin__isnull=False)
        .order_by("position")
        .values_list("kind", "origin_id", "destination_id", "destination_link", "sequence")
    )
    for kind, origin, destination, link, sequence in found:
        if kind == Kind.TRANSLATION_OF:
            if destination in rows and origin in rows:
                translations.setdefault(destination, []).append(rows[origin])
        elif destination is not None or link.get("identifier") == framework.source_identifier:
            edges.append(Edge(origin, destination, sequence))
    hidden = {row.pk for several in translations.values() for row in several}
    shown = {key: row for key, row in rows.items() if key not in hidden}
    statements = {key: _statement(row, translations.get(key, ()), framework, language) for key, row in shown.items()}
    sorting = {key: (row.code, row.position) for key, row in shown.items()}
    keys = sorted(shown, key=lambda key: shown[key].position)
    return FrameworkTree(framework, forest_of(keys, edges, sorting=sorting), statements, len(shown))


def _statement(row: Any, translations: Iterable[Any], framework: Framework, language: str) -> Statement:  # noqa: ANN401 - annotated rows
    """The row itself, or the translation in the reader's language: the exact tag first, then the same base language."""
    spoken = row.language or framework.language
    wanted = [each for each in translations if each.language and _base(each.language) == _base(language)]
    if wanted and _base(spoken) != _base(language):
        best = max(wanted, key=lambda each: each.language.lower() == language.lower())
        return Statement(row, best.statement or best.short_statement, best.short_statement, best.language)
    return Statement(row, row.statement or row.short_statement or row.label or row.code, row.short_statement, spoken)


def _base(tag: str) -> str:
    return tag.replace("_", "-").split("-")[0].lower()


def matching(framework: Framework, words: str) -> frozenset[int]:
    """Keys of the framework's competencies that hold every one of `words`, in any of what they say.

    A plain search for the letters: frameworks come in languages that PostgreSQL cannot take apart into words, and one
    framework has few thousand rows.
    """
    rows = Competency.objects.saying().standing().filter(framework=framework)
    for word in words.split()[:10]:
        rows = rows.filter(
            Q(revisions__statement__icontains=word)
            | Q(short_statement__icontains=word)
            | Q(label__icontains=word)
            | Q(code__icontains=word)
            | Q(keywords__icontains=word)
            | Q(notes__icontains=word)
        )
    found = frozenset(rows.values_list("pk", flat=True))
    originals = Association.objects.standing().filter(kind=Kind.TRANSLATION_OF, origin__in=found)
    return found | frozenset(originals.exclude(destination=None).values_list("destination", flat=True))


@dataclass(frozen=True)
class Reference:
    """The other end of an edge: a competency that is here and may be read, or what the source says about it."""

    kind: str
    outward: bool
    competency: Any | None
    link: Mapping[str, Any]
    equivalence: str = ""


def references_of(competency: Competency, *, everything: bool) -> list[Reference]:
    """All edges of `competency` beside the tree's, with the competencies at their other ends, in any framework.

    Unless `everything` may be seen, ends in frameworks that are not public are shown as the source wrote them.
    """
    edges = list(
        Association.objects.standing()
        .filter(Q(origin=competency) | Q(destination=competency))
        .exclude(kind=Kind.CHILD_OF)
        .order_by("kind", "sequence", "position")
    )
    ends = [(edge, edge.origin_id == competency.pk) for edge in edges]
    keys = [edge.destination_id if outward else edge.origin_id for edge, outward in ends]
    links = [edge.destination_link if outward else edge.origin_link for edge, outward in ends]
    names = {str(link.get("identifier", "")) for key, link in zip(keys, links, strict=True) if key is None} - {""}
    found = Competency.objects.saying().standing().select_related("framework")
    found = found.filter(Q(pk__in=[key for key in keys if key]) | Q(source_identifier__in=names))
    if not everything:
        found = found.filter(Q(framework=competency.framework_id) | Q(framework__published_at__isnull=False))
    here = {row.pk: row for row in found}
    by_name = {row.source_identifier: row for row in here.values()}
    return [
        Reference(
            edge.kind,
            outward,
            here.get(key) if key else by_name.get(str(link.get("identifier", ""))),
            link,
            edge.equivalence,
        )
        for (edge, outward), key, link in zip(ends, keys, links, strict=True)
    ]


def package_of(framework: Framework) -> Package:
    """Everything that stands of `framework`, as facts for the exporter; six queries."""
    scales = ProficiencyScale.objects.filter(
        revisions__competency__framework=framework, revisions__superseded_at=None
    ).distinct()
    levels = Prefetch("levels", queryset=ProficiencyLevel.objects.order_by("rank"))
    definitions = Definition.objects.filter(framework=framework, retired_at=None)
    revisions = CompetencyRevision.objects.current().select_related("scale").filter(competency__framework=framework)
    current = {revision.competency_id: revision for revision in revisions}
    items = Competency.objects.standing().filter(framework=framework).order_by("position", "pk")
    return Package(
        version=framework.case_version,
        document=document_facts(framework),
        items=tuple(item_facts(item, current[item.pk]) for item in items),
        edges=tuple(
            edge_facts(edge)
            for edge in Association.objects.standing().filter(framework=framework).order_by("position", "pk")
        ),
        definitions=tuple(_facts(facts.Definition, row) for row in definitions.order_by("kind", "position", "pk")),
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


def _facts(kind: type[Fact], row: Any, **beside: Any) -> Fact:  # noqa: ANN401 - columns are the fact's fields
    names = [part.name for part in fields(kind) if part.name not in beside and part.name != "where"]
    plain: dict[str, Any] = {name: getattr(row, name) for name in names}
    plain |= {name: tuple(value) for name, value in plain.items() if isinstance(value, list)}
    return kind(**plain, **beside)


def public_framework(name: str) -> Framework | None:
    """The published framework that goes by this public id or identifier; of several the first that came."""
    return frameworks_named(name).filter(published_at__isnull=False).first()


def public_competency(name: str) -> Competency | None:
    """The standing competency of a published framework that goes by this public id or identifier."""
    return _public(Competency.objects.standing(), name)


def public_association(name: str) -> Association | None:
    """The standing association of a published framework that goes by this public id or identifier."""
    return _public(Association.objects.standing().select_related("origin", "destination"), name)


def edges_at(competency: Competency) -> QuerySet[Association]:
    """The standing associations of its framework that begin or end at it."""
    rows: QuerySet[Association] = Association.objects.standing().filter(framework=competency.framework_id)
    rows = rows.filter(Q(origin=competency) | Q(destination=competency))
    return rows.select_related("framework", "origin", "destination").order_by("position", "pk")


def _public(rows: QuerySet[Any], name: str) -> Any | None:  # noqa: ANN401 - competencies or associations
    named = Q(source_identifier=name)
    with contextlib.suppress(ValueError):
        named |= Q(public_id=uuid.UUID(name))
    if not storable(name):
        return None
    found = rows.filter(named, framework__published_at__isnull=False).select_related("framework")
    return found.order_by("framework__namesake", "framework_id").first()


def imports_waiting() -> QuerySet[CaseImport]:
    """Checked files on which a person has not decided yet; for the desk's start page and sidebar."""
    return CaseImport.objects.filter(state=ImportState.CHECKED)
