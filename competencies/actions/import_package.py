"""Takes a CASE package in (invariant 15): all or nothing, twice changes nothing, a dry run is the run rolled back."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from competencies.actions.edges import checked_edges
from competencies.actions.locking import lock_graph, lock_identifier
from competencies.actions.meanings import carry_meanings, stated
from competencies.actions.reconciling import Outcome, reconcile
from competencies.actions.scales import take_in_scales
from competencies.errors import Fault, FaultCode, PackageRefusedError
from competencies.formats import package as facts
from competencies.formats.case import package_in
from competencies.models import Association, Competency, CompetencyRevision, Definition, DefinitionKind, Framework
from competencies.rules.namesakes import Claim, best_match
from competencies.rules.report import ImportReport, Tally

REPEATED = "repeated"
# Members of an item that are no columns of a competency: its revision keeps them.
_OF_REVISION = frozenset({"statement", "criteria", "scale"})
_NO_COLUMN = frozenset({"source_identifier", "where"})


def import_package(
    content: bytes, *, at: datetime, dry_run: bool = False, publish: bool = False, into: Framework | None = None
) -> ImportReport:
    """Take in the CASE package (1.0 or 1.1) in `content` and say what came of it, type by type.

    Found by its identifier the framework is updated, else made; `into` says which one is meant. Rows that the package
    leaves out are retired. With `dry_run` everything happens and is rolled back. Raises PackageRefusedError; then
    nothing has changed.
    """
    return take_in(package_in(content), at=at, dry_run=dry_run, publish=publish, into=into)


@transaction.atomic
def take_in(
    package: facts.Package,
    *,
    at: datetime,
    dry_run: bool = False,
    publish: bool = False,
    into: Framework | None = None,
) -> ImportReport:
    """The same for a package that has been read already."""
    run = _Import(package, at)
    lock_identifier(package.document.source_identifier)
    run.take_document(into)
    run.take_definitions()
    run.take_items()
    run.take_edges()
    report = run.report(dry_run=dry_run)
    Framework.objects.filter(pk=run.framework.pk).update(
        **({"content_version": F("content_version") + 1, "imported_at": at} if report.changed else {}),
        **({"published_at": at} if publish and run.framework.published_at is None else {}),
        case_version=package.version,
    )
    if dry_run:
        transaction.set_rollback(True)
    return report


class _Import:
    """One package on its way in, within one transaction."""

    def __init__(self, package: facts.Package, at: datetime) -> None:
        self.package = package
        self.at = at
        self.outcomes: dict[str, Outcome] = {}
        self.namesake_of = ""
        self.kept = 0
        self.revised: dict[str, int] = {}
        self.in_use: tuple[str, ...] = ()
        self.scale_keys: dict[str, int] = {}
        self.framework: Framework

    def take_document(self, into: Framework | None) -> None:
        """Find or make the framework, and the scales the package brings."""
        document = self.package.document
        columns = {
            **_columns(document),
            "package_extra": dict(self.package.extra),
            "definitions_extra": dict(self.package.definitions_extra),
        }
        outcome = self.outcomes["CFDocument"] = Outcome()
        if into is not None and into.source_identifier != document.source_identifier:
            details = {"identifier": document.source_identifier, "named": into.source_identifier}
            raise PackageRefusedError([Fault(FaultCode.OTHER_DOCUMENT, document.where, details)])
        held = Framework.objects.select_for_update().get(pk=into.pk) if into else self._held()
        if held is None:
            number = self._namesakes().count()
            self.framework = Framework.objects.create(
                source_identifier=document.source_identifier,
                namesake=number,
                case_version=self.package.version,
                imported_at=self.at,
                **columns,
            )
            outcome.created.append(document.source_identifier)
        else:
            self.framework = held
            differing = [name for name, value in columns.items() if getattr(held, name) != value]
            for name in differing:
                setattr(held, name, columns[name])
            if differing:
                held.save(update_fields=differing)
                outcome.updated.add(document.source_identifier)
            else:
                outcome.unchanged.append(document.source_identifier)
        self._take_scales()

    def take_definitions(self) -> None:
        """Item types, subjects, concepts, licences, groupings and rubrics."""
        for kind in DefinitionKind.values:
            rows = [row for row in self.package.definitions if row.kind == kind]
            incoming = {row.source_identifier: _placed(row, place) for place, row in enumerate(rows)}
            self.outcomes[kind] = reconcile(Definition, self.framework, incoming, at=self.at, only={"kind": kind})

    def take_items(self) -> None:
        """Competencies, and what they mean."""
        items = {item.source_identifier: item for item in self.package.items}
        incoming = {
            identifier: _placed(item, place, without=_OF_REVISION)
            for place, (identifier, item) in enumerate(items.items())
        }
        fingerprints = {identifier: {"source_statement": stated(item.statement)} for identifier, item in items.items()}
        outcome = self.outcomes["CFItems"] = reconcile(
            Competency, self.framework, incoming, at=self.at, at_first=fingerprints
        )
        rows = {
            row.source_identifier: row
            for row in Competency.objects.filter(framework=self.framework, source_identifier__in=items)
        }
        carried = carry_meanings(items, rows, self.scale_keys, at=self.at)
        anew = carried.changed.intersection(outcome.unchanged)
        outcome.unchanged = [identifier for identifier in outcome.unchanged if identifier not in anew]
        outcome.updated |= anew
        self.kept = carried.kept
        self.revised["CFItems"] = len(carried.revised)
        self.in_use = tuple(
            str(competency)
            for competency in Competency.objects.filter(
                framework=self.framework,
                source_identifier__in=outcome.retired,
                pk__in=CompetencyRevision.objects.used().values("competency"),
            ).order_by("pk")
        )

    def take_edges(self) -> None:
        """Associations. Those that must hold no circle are checked against all there are, under a lock."""
        lock_graph()
        incoming = checked_edges(self.package.edges, self.framework)
        self.outcomes["CFAssociations"] = reconcile(Association, self.framework, incoming, at=self.at)

    def report(self, *, dry_run: bool) -> ImportReport:
        """What came of it."""
        repeats = Counter(repeat.kind for repeat in self.package.repeats)
        tallies = {
            kind: Tally(
                source=self.package.counts.get(kind, 0),
                created=len(outcome.created),
                updated=len(outcome.updated),
                unchanged=len(outcome.unchanged),
                retired=len(outcome.retired),
                revised=self.revised.get(kind, 0),
                skipped={REPEATED: repeats[kind]} if repeats[kind] else {},
            )
            for kind, outcome in self.outcomes.items()
        }
        return ImportReport(
            framework_id=str(self.framework.public_id),
            title=self.framework.title,
            source_identifier=self.framework.source_identifier,
            version=self.package.version,
            dry_run=dry_run,
            tallies=tallies,
            namesake_of=self.namesake_of,
            kept_statements=self.kept,
            retired_in_use=self.in_use,
        )

    def _namesakes(self) -> QuerySet[Framework]:
        identifier = self.package.document.source_identifier
        rows: QuerySet[Framework] = Framework.objects.filter(source_identifier=identifier)
        return rows

    def _held(self) -> Framework | None:
        """The framework that the package is a state of; remembers whose identifier it claims when it is none's."""
        held = {row.pk: row for row in self._namesakes().select_for_update().order_by("pk")}
        if not held:
            return None
        offered = _claim(self.package)
        key = best_match([(row.pk, _claim_of(row)) for row in held.values()], offered)
        if key is None:
            self.namesake_of = next(iter(held.values())).title
            return None
        return held[key]

    def _take_scales(self) -> None:
        if not self.package.scales:
            return
        self.scale_keys, made, changed = take_in_scales(self.package.scales, at=self.at)
        self.outcomes["ProficiencyScales"] = Outcome(
            created=sorted(made), updated=changed, unchanged=sorted(set(self.scale_keys) - made - changed)
        )


def _claim(package: facts.Package) -> Claim:
    items = frozenset(item.source_identifier for item in package.items)
    return Claim(package.document.title, package.document.source_changed, items)


def _claim_of(framework: Framework) -> Claim:
    items = framework.competencies.standing().values_list("source_identifier", flat=True)
    return Claim(framework.title, framework.source_changed, frozenset(items))


def _columns(row: facts.Sourced, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The row's fields as columns: tuples become lists, as JSON has them."""
    names = [part.name for part in fields(row) if part.name not in _NO_COLUMN and part.name not in without]
    return {name: _plain(getattr(row, name)) for name in names}


def _placed(row: facts.Sourced, place: int, *, without: frozenset[str] = frozenset({"kind"})) -> dict[str, Any]:
    return {**_columns(row, without=without), "position": place}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return dict(value) if isinstance(value, Mapping) else value
