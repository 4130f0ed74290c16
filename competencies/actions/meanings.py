"""Writes the statements of imported items into revisions: in place while unused, as a new revision once used."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from competencies.formats.package import Item
from competencies.models import Competency, CompetencyRevision
from competencies.rules.meaning import Change, Meaning, change_of, imported_meaning

IMPORTED = "import"
# Statements can be long texts, so the batches are smaller than in reconciling.
BATCH = 500


@dataclass
class ImportedMeanings:
    """The result of an import of meanings.

    `changed` has the identifiers of all competencies with another current meaning, `revised` of those that got a new
    revision. `kept_statements` counts statements that were edited here and kept.
    """

    changed: set[str] = field(default_factory=set)
    revised: set[str] = field(default_factory=set)
    kept_statements: int = 0


def statement_fingerprint(statement: str) -> str:
    """The SHA-256 of a source statement; the next import compares it to see whether the source has changed."""
    return hashlib.sha256(statement.encode()).hexdigest()


def import_meanings(
    items: Mapping[str, Item], rows: Mapping[str, Competency], scales: Mapping[str, int], *, at: datetime
) -> ImportedMeanings:
    """Write the meanings of `items` into the revisions of `rows`; both mappings have source identifiers as keys.

    The caller's transaction has locked the rows. `scales` has the primary keys of scales by their identifiers.
    """
    current_revisions = _current_revisions(rows)
    result, batch = ImportedMeanings(), _RevisionBatch(at)
    for identifier, item in items.items():
        row = rows[identifier]
        source_meaning = Meaning(item.statement, item.criteria, scales.get(item.scale))
        revision = current_revisions.get(row.pk)
        if revision is None:
            batch.add_first(row, source_meaning)
            continue
        current_meaning = Meaning(revision.statement, revision.criteria, revision.scale_id)
        # Compared with the last import and not with the current statement, which staff may have edited.
        same_source = row.source_statement == statement_fingerprint(item.statement)
        target = imported_meaning(current_meaning, source_meaning, source_unchanged=same_source)
        change = change_of(current_meaning, target, used=revision.in_use)
        result.kept_statements += same_source and current_meaning.statement != source_meaning.statement
        if change is Change.NONE:
            continue
        result.changed.add(identifier)
        if not same_source:
            batch.remember_statement(row, item.statement)
        if change is Change.UPDATE:
            batch.update_in_place(revision, target)
        else:
            result.revised.add(identifier)
            batch.add_next(row, revision, target)
    batch.write()
    return result


def _current_revisions(rows: Mapping[str, Competency]) -> dict[int, CompetencyRevision]:
    """The current revision of each competency, locked, so that nobody marks one as used while it is updated."""
    revisions = CompetencyRevision.objects.current().filter(competency__in=list(rows.values()))
    return {revision.competency_id: revision for revision in revisions.select_for_update()}


class _RevisionBatch:
    """Collects the changes, so that each kind of change is one statement per batch."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.new: list[CompetencyRevision] = []
        self.corrected: list[CompetencyRevision] = []
        self.superseded: list[int] = []
        self.fingerprinted: list[Competency] = []

    def add_first(self, row: Competency, meaning: Meaning) -> None:
        """Add the first revision of a competency."""
        self.new.append(self._revision(row, 1, meaning))

    def update_in_place(self, revision: CompetencyRevision, meaning: Meaning) -> None:
        """Change a revision that nothing uses yet."""
        revision.statement, revision.criteria, revision.scale_id = meaning.statement, meaning.criteria, meaning.scale_id
        self.corrected.append(revision)

    def add_next(self, row: Competency, revision: CompetencyRevision, meaning: Meaning) -> None:
        """Supersede `revision` with a new one."""
        self.superseded.append(revision.pk)
        self.new.append(self._revision(row, revision.number + 1, meaning))

    def remember_statement(self, row: Competency, statement: str) -> None:
        """Store the fingerprint of the source's statement."""
        row.source_statement = statement_fingerprint(statement)
        self.fingerprinted.append(row)

    def write(self) -> None:
        """Write everything to the database."""
        objects = CompetencyRevision.objects
        objects.bulk_update(self.corrected, ["statement", "criteria", "scale"], batch_size=BATCH)
        # Supersede before inserting: a unique constraint allows one current revision per competency at any time.
        objects.filter(pk__in=self.superseded).update(superseded_at=self.at)
        objects.bulk_create(self.new, batch_size=BATCH)
        Competency.objects.bulk_update(self.fingerprinted, ["source_statement"], batch_size=BATCH)

    def _revision(self, row: Competency, number: int, meaning: Meaning) -> CompetencyRevision:
        return CompetencyRevision(
            competency=row,
            number=number,
            statement=meaning.statement,
            criteria=meaning.criteria,
            scale_id=meaning.scale_id,
            reason=IMPORTED if number > 1 else "",
            made_at=self.at,
        )
