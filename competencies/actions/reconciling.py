"""Makes the rows of one framework equal to what its source lists, set by set: create, update, leave, retire."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models

from competencies.models import Association, Competency, Definition, Framework

Row = type[Competency] | type[Association] | type[Definition]
Columns = Mapping[str, Any]

BATCH = 1_000


@dataclass
class Outcome:
    """The identifiers of one type's rows by what became of them."""

    created: list[str] = field(default_factory=list)
    updated: set[str] = field(default_factory=set)
    unchanged: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)


def reconcile(
    model: Row,
    framework: Framework,
    incoming: Mapping[str, Columns],
    *,
    at: datetime,
    only: Columns | None = None,
    at_first: Mapping[str, Columns] | None = None,
) -> Outcome:
    """Write what differs between the rows of `framework` (narrowed to `only`) and `incoming`, by source identifier.

    New and changed rows go in one upsert per batch; rows that `incoming` lacks are retired, never deleted. `at_first`
    holds further columns of rows that are new.
    """
    fixed = {"framework": framework, **(only or {})}
    held = {row.source_identifier: row for row in _held(model, fixed)}
    outcome = Outcome()
    writing = []
    for identifier, columns in incoming.items():
        row = held.get(identifier)
        beside: Columns = {}
        if row is None:
            outcome.created.append(identifier)
            beside = (at_first or {}).get(identifier, {})
        elif all(getattr(row, name) == value for name, value in columns.items()) and row.retired_at is None:
            outcome.unchanged.append(identifier)
            continue
        else:
            outcome.updated.add(identifier)
        writing.append(model(**fixed, **columns, **beside, source_identifier=identifier, retired_at=None))
    if writing:
        _upsert(model, writing, {*next(iter(incoming.values())), "retired_at"}, only or {})
    gone = [row for identifier, row in held.items() if identifier not in incoming and row.retired_at is None]
    if gone:
        model._default_manager.filter(pk__in=[row.pk for row in gone]).update(retired_at=at)
        outcome.retired += [row.source_identifier for row in gone]
    return outcome


def _held(model: Row, fixed: Columns) -> Collection[Any]:
    rows: models.QuerySet[Any] = model._default_manager.filter(**fixed)
    return rows


def _upsert(model: Row, rows: list[Any], columns: set[str], only: Columns) -> None:
    model._default_manager.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["framework", *only, "source_identifier"],
        update_fields=sorted(columns),
    )
