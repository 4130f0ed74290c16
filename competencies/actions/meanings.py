"""Carries what imported items mean into revisions: in place while unused, as a new revision once used."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from competencies.formats.package import Item
from competencies.models import Competency, CompetencyRevision
from competencies.rules.meaning import Change, Meaning, change_of, imported_meaning

IMPORTED = "import"
BATCH = 500


@dataclass
class Carried:
    """Identifiers whose current revision changed, those that got a new one, and how many edits of ours were kept."""

    changed: set[str] = field(default_factory=set)
    revised: set[str] = field(default_factory=set)
    kept: int = 0


def stated(statement: str) -> str:
    """The fingerprint by which the next import sees whether the source itself has changed its words."""
    return hashlib.sha256(statement.encode()).hexdigest()


def carry_meanings(
    items: Mapping[str, Item], rows: Mapping[str, Competency], scales: Mapping[str, int], *, at: datetime
) -> Carried:
    """Bring the revisions of `rows` (locked by the caller's transaction) to what `items` say, both by identifier."""
    current = _current(rows)
    carried, work = Carried(), _Work(at)
    for identifier, item in items.items():
        row = rows[identifier]
        offered = Meaning(item.statement, item.criteria, scales.get(item.scale))
        revision = current.get(row.pk)
        if revision is None:
            work.begin(row, offered)
            continue
        now = Meaning(revision.statement, revision.criteria, revision.scale_id)
        same_source = row.source_statement == stated(item.statement)
        wanted = imported_meaning(now, offered, source_unchanged=same_source)
        change = change_of(now, wanted, used=revision.in_use)
        carried.kept += same_source and now.statement != offered.statement
        if change is Change.NONE:
            continue
        carried.changed.add(identifier)
        if not same_source:
            work.restate(row, item.statement)
        if change is Change.UPDATE:
            work.correct(revision, wanted)
        else:
            carried.revised.add(identifier)
            work.follow(row, revision, wanted)
    work.write()
    return carried


def _current(rows: Mapping[str, Competency]) -> dict[int, CompetencyRevision]:
    """The current revision of each competency, locked: nobody begins to use one while it is corrected."""
    revisions = CompetencyRevision.objects.current().filter(competency__in=list(rows.values()))
    return {revision.competency_id: revision for revision in revisions.select_for_update()}


class _Work:
    """What is to be written, gathered so that each kind goes to the database once."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.new: list[CompetencyRevision] = []
        self.corrected: list[CompetencyRevision] = []
        self.superseded: list[int] = []
        self.restated: list[Competency] = []

    def begin(self, row: Competency, meaning: Meaning) -> None:
        """Its first revision."""
        self.new.append(self._revision(row, 1, meaning))

    def correct(self, revision: CompetencyRevision, meaning: Meaning) -> None:
        """In place."""
        revision.statement, revision.criteria, revision.scale_id = meaning.statement, meaning.criteria, meaning.scale_id
        self.corrected.append(revision)

    def follow(self, row: Competency, revision: CompetencyRevision, meaning: Meaning) -> None:
        """By the next revision."""
        self.superseded.append(revision.pk)
        self.new.append(self._revision(row, revision.number + 1, meaning))

    def restate(self, row: Competency, statement: str) -> None:
        """Remember the source's new words."""
        row.source_statement = stated(statement)
        self.restated.append(row)

    def write(self) -> None:
        """The old ones step back before the new ones step in: one current revision per competency, at every moment."""
        objects = CompetencyRevision.objects
        objects.bulk_update(self.corrected, ["statement", "criteria", "scale"], batch_size=BATCH)
        objects.filter(pk__in=self.superseded).update(superseded_at=self.at)
        objects.bulk_create(self.new, batch_size=BATCH)
        Competency.objects.bulk_update(self.restated, ["source_statement"], batch_size=BATCH)

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
