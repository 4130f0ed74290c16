"""Makes the rows of one framework equal to its source: creates, updates, keeps or retires each row."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from competencies.models import Association, Competency, Definition, Framework
from competencies.rules.identifiers import comparable

SourcedModel = type[Competency] | type[Association] | type[Definition]
Columns = Mapping[str, Any]

BATCH = 1_000


@dataclass
class ReconciledRows:
    """The source identifiers of one type's rows, by the change that was made to them."""

    created: list[str] = field(default_factory=list)
    updated: set[str] = field(default_factory=set)
    unchanged: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)


def reconcile(
    model: SourcedModel,
    framework: Framework,
    incoming: Mapping[str, Columns],
    *,
    at: datetime,
    scope: Columns | None = None,
    initial_columns: Mapping[str, Columns] | None = None,
) -> ReconciledRows:
    """Make the rows of `framework` equal to `incoming`, which has columns by source identifier; return the changes.

    `scope` limits the comparison to rows with these columns. `initial_columns` has further columns that only new rows
    get. New and changed rows are written with one upsert per batch. Rows that are missing in `incoming` are retired and
    never deleted, because programs and evidence may refer to them. A GUID that the source writes in another case than
    before is the same one; the row keeps its spelling.
    """
    fixed_columns = {"framework": framework, **(scope or {})}
    rows = _existing_rows(model, fixed_columns)
    existing = rows_by_identifier(rows)
    found: set[int] = set()
    result = ReconciledRows()
    upserts = []
    for identifier, columns in incoming.items():
        row = existing.get(comparable(identifier))
        initial: Columns = {}
        if row is not None:
            found.add(row.pk)
        if row is None:
            result.created.append(identifier)
            initial = (initial_columns or {}).get(identifier, {})
        # A retired row that the source lists again is updated, even if its columns are equal.
        elif all(getattr(row, name) == value for name, value in columns.items()) and row.retired_at is None:
            result.unchanged.append(identifier)
            continue
        else:
            result.updated.add(identifier)
        spelling = identifier if row is None else row.source_identifier
        upserts.append(model(**fixed_columns, **columns, **initial, source_identifier=spelling, retired_at=None))
    # One upsert instead of an insert and an update. The conflict target is the unique constraint of the model.
    if upserts:
        _upsert(model, upserts, {*next(iter(incoming.values())), "retired_at"}, scope or {})
    missing = [row for row in rows if row.pk not in found and row.retired_at is None]
    if missing:
        model._default_manager.filter(pk__in=[row.pk for row in missing]).update(retired_at=at)
        result.retired += [row.source_identifier for row in missing]
    return result


def rows_by_identifier(rows: Iterable[Any]) -> dict[str, Any]:
    """The rows by the form in which identifiers are compared; of two that differ in case, the one that is listed."""
    retired_first = sorted(rows, key=lambda row: row.retired_at is None)
    return {comparable(row.source_identifier): row for row in retired_first}


def _existing_rows(model: SourcedModel, fixed_columns: Columns) -> Collection[Any]:
    return list(model._default_manager.filter(**fixed_columns))


def _upsert(model: SourcedModel, rows: list[Any], columns: set[str], scope: Columns) -> None:
    model._default_manager.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["framework", *scope, "source_identifier"],
        update_fields=sorted(columns),
    )
