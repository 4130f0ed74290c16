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
    current = {
        revision.competency_id: revision
        for revision in CompetencyRevision.objects.current()
        .filter(competency__in=list(rows.values()))
        .select_for_update()
    }
    carried = Carried()
    first, edited, following, restated = [], [], [], []
    for identifier, item in items.items():
        row = rows[identifier]
        offered = Meaning(item.statement, item.criteria, scales.get(item.scale))
        revision = current.get(row.pk)
        if revision is None:
            first.append(_revision(row, 1, offered, at))
            continue
        now = Meaning(revision.statement, revision.criteria, revision.scale_id)
        same_source = row.source_statement == stated(item.statement)
        wanted = imported_meaning(now, offered, source_unchanged=same_source)
        carried.kept += same_source and now.statement != offered.statement
        change = change_of(now, wanted, used=revision.in_use)
        if change is Change.NONE:
            continue
        carried.changed.add(identifier)
        if not same_source:
            row.source_statement = stated(item.statement)
            restated.append(row)
        if change is Change.UPDATE:
            revision.statement, revision.criteria, revision.scale_id = (
                wanted.statement,
                wanted.criteria,
                wanted.scale_id,
            )
            edited.append(revision)
        else:
            carried.revised.add(identifier)
            revision.superseded_at = at
            following.append((revision, _revision(row, revision.number + 1, wanted, at)))
    _write(first, edited, following, restated, at)
    return carried


def _revision(row: Competency, number: int, meaning: Meaning, at: datetime) -> CompetencyRevision:
    return CompetencyRevision(
        competency=row,
        number=number,
        statement=meaning.statement,
        criteria=meaning.criteria,
        scale_id=meaning.scale_id,
        reason=IMPORTED if number > 1 else "",
        made_at=at,
    )


def _write(
    first: list[CompetencyRevision],
    edited: list[CompetencyRevision],
    following: list[tuple[CompetencyRevision, CompetencyRevision]],
    restated: list[Competency],
    at: datetime,
) -> None:
    objects = CompetencyRevision.objects
    objects.bulk_update(edited, ["statement", "criteria", "scale"], batch_size=BATCH)
    # The old one steps back before the new one steps in: one current revision per competency, at every moment.
    objects.filter(pk__in=[old.pk for old, _new in following]).update(superseded_at=at)
    objects.bulk_create([*first, *(new for _old, new in following)], batch_size=BATCH)
    Competency.objects.bulk_update(restated, ["source_statement"], batch_size=BATCH)
