"""Imports a CASE package (invariant 15): completely or not at all, and a repeated import changes nothing.

A dry run executes the same statements and rolls them back, so that its report is exact.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from competencies.actions.associations import checked_association_columns
from competencies.actions.locking import lock_graph, lock_identifier
from competencies.actions.meanings import import_meanings, statement_fingerprint
from competencies.actions.reconciling import ReconciledRows, reconcile, rows_by_identifier
from competencies.actions.scales import import_scales
from competencies.errors import FaultCode, PackageFault, PackageRefusedError
from competencies.formats import package as facts
from competencies.formats.case import package_in
from competencies.models import Association, Competency, CompetencyRevision, Definition, DefinitionKind, Framework
from competencies.rules.identifiers import comparable, is_guid
from competencies.rules.namesakes import DocumentIdentity, best_match, is_older
from competencies.rules.report import ImportReport, LeftOut, Tally

REPEATED = "repeated"
IDENTIFIER_TAKEN = "identifier_taken"
# These fields of an item belong to the revision and not to the competency.
_OF_REVISION = frozenset({"statement", "criteria", "scale"})
_NO_COLUMN = frozenset({"source_identifier", "where"})


def import_package(
    content: bytes,
    *,
    at: datetime,
    dry_run: bool = False,
    publish: bool = False,
    into: Framework | None = None,
    keep_first: bool = False,
) -> ImportReport:
    """Import the CASE package (1.0 or 1.1) in `content`; return a report with counts per type.

    The framework is found by its identifier and updated, or created. `into` names the framework explicitly. Rows that
    the package no longer contains are retired. With `dry_run` all changes are rolled back. Several objects with one
    identifier refuse the package; with `keep_first` the first is imported, and the others are reported as left out.
    Raises PackageRefusedError; nothing has changed then.
    """
    package = package_in(content, keep_first=keep_first)
    return import_parsed_package(package, at=at, dry_run=dry_run, publish=publish, into=into)


@transaction.atomic
def import_parsed_package(
    package: facts.Package,
    *,
    at: datetime,
    dry_run: bool = False,
    publish: bool = False,
    into: Framework | None = None,
) -> ImportReport:
    """As `import_package`, for a package that is parsed already."""
    package_import = _PackageImport(package, at)
    # Two imports of a new document have no row to lock: the advisory lock keeps them from creating it twice.
    lock_identifier(package.document.source_identifier)
    package_import.import_document(into)
    package_import.import_definitions()
    package_import.import_items()
    package_import.import_associations()
    report = package_import.report(dry_run=dry_run)
    Framework.objects.filter(pk=package_import.framework.pk).update(
        **({"content_version": F("content_version") + 1, "imported_at": at} if report.changed else {}),
        **({"published_at": at} if publish and package_import.framework.published_at is None else {}),
        case_version=package.version,
    )
    # The report is complete before the rollback; set_rollback undoes only this transaction or savepoint.
    if dry_run:
        transaction.set_rollback(True)
    return report


class _PackageImport:
    """The import of one package, within one transaction."""

    def __init__(self, package: facts.Package, at: datetime) -> None:
        self.package = package
        self.at = at
        self.results: dict[str, ReconciledRows] = {}
        self.namesake_of = ""
        self.older_than = ""
        self.kept_statements = 0
        self.revised_counts: dict[str, int] = {}
        self.retired_in_use: tuple[str, ...] = ()
        self.scale_keys: dict[str, int] = {}
        self.framework: Framework

    def import_document(self, into: Framework | None) -> None:
        """Find or create the framework and import the scales of the package."""
        document = self.package.document
        columns = {
            **_columns(document),
            "package_extra": dict(self.package.extra),
            "definitions_extra": dict(self.package.definitions_extra),
        }
        result = self.results["CFDocument"] = ReconciledRows()
        if into is not None and comparable(into.source_identifier) != comparable(document.source_identifier):
            details = {"identifier": document.source_identifier, "named": into.source_identifier}
            raise PackageRefusedError([PackageFault(FaultCode.OTHER_DOCUMENT, document.where, details)])
        # The row lock makes imports and edits of one framework queue.
        existing = Framework.objects.select_for_update().get(pk=into.pk) if into else self._existing_framework()
        if existing is None:
            # The identifier lock makes this count safe: nobody else creates a namesake now.
            number = self._namesakes().count()
            self.framework = Framework.objects.create(
                source_identifier=document.source_identifier,
                namesake=number,
                case_version=self.package.version,
                imported_at=self.at,
                **columns,
            )
            result.created.append(document.source_identifier)
        else:
            self.framework = existing
            self._note_age(existing)
            differing = [name for name, value in columns.items() if getattr(existing, name) != value]
            for name in differing:
                setattr(existing, name, columns[name])
            if differing:
                existing.save(update_fields=differing)
                result.updated.add(document.source_identifier)
            else:
                result.unchanged.append(document.source_identifier)
        self._import_scales()

    def import_definitions(self) -> None:
        """Import item types, subjects, concepts, licences, groupings and rubrics."""
        for kind in DefinitionKind.values:
            rows = [row for row in self.package.definitions if row.kind == kind]
            incoming = {row.source_identifier: _positioned_columns(row, position) for position, row in enumerate(rows)}
            self.results[kind] = reconcile(Definition, self.framework, incoming, at=self.at, scope={"kind": kind})

    def import_items(self) -> None:
        """Import the competencies and their revisions."""
        items = {item.source_identifier: item for item in self.package.items}
        incoming = {
            identifier: _positioned_columns(item, position, without=_OF_REVISION)
            for position, (identifier, item) in enumerate(items.items())
        }
        fingerprints = {
            identifier: {"source_statement": statement_fingerprint(item.statement)}
            for identifier, item in items.items()
        }
        result = self.results["CFItems"] = reconcile(
            Competency, self.framework, incoming, at=self.at, initial_columns=fingerprints
        )
        by_identifier = rows_by_identifier(Competency.objects.filter(framework=self.framework))
        rows = {identifier: by_identifier[comparable(identifier)] for identifier in items}
        imported = import_meanings(items, rows, self.scale_keys, at=self.at)
        # A row with equal columns counts as updated if its meaning has changed.
        only_revised = imported.changed.intersection(result.unchanged)
        result.unchanged = [identifier for identifier in result.unchanged if identifier not in only_revised]
        result.updated |= only_revised
        self.kept_statements = imported.kept_statements
        self.revised_counts["CFItems"] = len(imported.revised)
        self.retired_in_use = tuple(
            str(competency)
            for competency in Competency.objects.filter(
                framework=self.framework,
                source_identifier__in=result.retired,
                pk__in=CompetencyRevision.objects.used().values("competency"),
            ).order_by("pk")
        )

    def import_associations(self) -> None:
        """Import the associations. The graph lock is held until the transaction ends."""
        # Taken last: it blocks the imports of all frameworks, and should be held for as short a time as possible.
        lock_graph()
        incoming = checked_association_columns(self.package.edges, self.framework)
        self.results["CFAssociations"] = reconcile(Association, self.framework, incoming, at=self.at)

    def report(self, *, dry_run: bool) -> ImportReport:
        """The counts per type, and what a person should know about the import."""
        repeats = Counter(
            (repeat.kind, IDENTIFIER_TAKEN if repeat.text else REPEATED) for repeat in self.package.repeats
        )
        tallies = {
            kind: Tally(
                source=self.package.counts.get(kind, 0),
                created=len(result.created),
                updated=len(result.updated),
                unchanged=len(result.unchanged),
                retired=len(result.retired),
                revised=self.revised_counts.get(kind, 0),
                skipped={
                    reason: repeats[kind, reason] for reason in (REPEATED, IDENTIFIER_TAKEN) if repeats[kind, reason]
                },
            )
            for kind, result in self.results.items()
        }
        return ImportReport(
            framework_id=str(self.framework.public_id),
            title=self.framework.title,
            source_identifier=self.framework.source_identifier,
            version=self.package.version,
            dry_run=dry_run,
            tallies=tallies,
            namesake_of=self.namesake_of,
            kept_statements=self.kept_statements,
            retired_in_use=self.retired_in_use,
            changed_at=self.package.document.source_changed,
            older_than=self.older_than,
            left_out=tuple(
                LeftOut(repeat.kind, repeat.where, repeat.first, repeat.text)
                for repeat in self.package.repeats
                if repeat.text
            ),
        )

    def _namesakes(self) -> QuerySet[Framework]:
        identifier = self.package.document.source_identifier
        # Only GUIDs compare without case.
        lookup = "source_identifier__iexact" if is_guid(identifier) else "source_identifier"
        rows: QuerySet[Framework] = Framework.objects.filter(**{lookup: identifier})
        return rows

    def _note_age(self, existing: Framework) -> None:
        """Note that the file is older than the framework that is here."""
        if is_older(existing.source_changed, self.package.document.source_changed):
            self.older_than = existing.source_changed

    def _existing_framework(self) -> Framework | None:
        """The framework of which the package is a new version.

        If the identifier belongs to another document only, the result is None and `namesake_of` has that title.
        """
        existing = {row.pk: row for row in self._namesakes().select_for_update().order_by("pk")}
        if not existing:
            return None
        incoming = _identity_of_package(self.package)
        key = best_match([(row.pk, _identity_of_framework(row)) for row in existing.values()], incoming)
        if key is None:
            namesake = next(iter(existing.values()))
            self.namesake_of = namesake.title
            self._note_age(namesake)
            return None
        return existing[key]

    def _import_scales(self) -> None:
        if not self.package.scales:
            return
        self.scale_keys, created_scales, changed = import_scales(self.package.scales, at=self.at)
        self.results["ProficiencyScales"] = ReconciledRows(
            created=sorted(created_scales),
            updated=changed,
            unchanged=sorted(set(self.scale_keys) - created_scales - changed),
        )


def _identity_of_package(package: facts.Package) -> DocumentIdentity:
    items = frozenset(comparable(item.source_identifier) for item in package.items)
    return DocumentIdentity(package.document.title, package.document.source_changed, items)


def _identity_of_framework(framework: Framework) -> DocumentIdentity:
    items = framework.competencies.listed().values_list("source_identifier", flat=True)
    return DocumentIdentity(framework.title, framework.source_changed, frozenset(map(comparable, items)))


def _columns(row: facts.Sourced, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The fields of the row as columns; tuples become lists, so that they compare equal to JSON from the database."""
    names = [field.name for field in fields(row) if field.name not in _NO_COLUMN and field.name not in without]
    return {name: _json_value(getattr(row, name)) for name in names}


def _positioned_columns(
    row: facts.Sourced, position: int, *, without: frozenset[str] = frozenset({"kind"})
) -> dict[str, Any]:
    return {**_columns(row, without=without), "position": position}


def _json_value(value: object) -> object:
    if isinstance(value, tuple):
        return [_json_value(field) for field in value]
    return dict(value) if isinstance(value, Mapping) else value
