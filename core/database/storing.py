"""INSERT and UPDATE of rows with SQL that is built once per model, for what every write about a learner stores.

Django's own `save`, `bulk_create` and `bulk_update` build their SQL again in each call.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault

from core.database.prepared import prepared_cursor


def insert_rows(rows: Sequence[Model]) -> None:
    """INSERT rows of one model in one statement, and set the primary key of each.

    No signals are sent, as by `bulk_create`. Triggers, constraints and history work as usual. Columns that the first
    row leaves to the default of the database are left to it for all rows.
    """
    if not rows:
        return
    model = type(rows[0])
    alias = router.db_for_write(model)
    fields, start, one, end = _insert(model, _left_to_the_database(rows[0]))
    values = [_prepared(row, fields, connections[alias]) for row in rows]
    statement = f"{start} VALUES {', '.join([one] * len(rows))} {end}"
    with prepared_cursor(alias, writes=True) as cursor:
        cursor.execute(statement, tuple(chain.from_iterable(values)))
        keys = cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=True):
        _is_stored(row, key, alias)


def insert_linked(row: Model, *others: Model, link: str) -> None:
    """INSERT one row, and others with the field `link` pointing at it, in one statement; as `insert_rows`."""
    alias = router.db_for_write(type(row))
    connection = connections[alias]
    fields, statement, others_fields = _insert_linked(type(row), tuple(map(type, others)), link)
    values = list(_prepared(row, fields, connection))
    for other, names in zip(others, others_fields, strict=True):
        values += _prepared(other, names, connection)
    with prepared_cursor(alias, writes=True) as cursor:
        cursor.execute(statement, values)
        ((key, *other_keys),) = cursor.fetchall()
    _is_stored(row, key, alias)
    for other, other_key in zip(others, other_keys, strict=True):
        setattr(other, link, row)
        _is_stored(other, other_key, alias)


def _is_stored(row: Model, key: int, alias: str) -> None:
    row.pk, row._state.adding, row._state.db = key, False, alias


def update_columns(rows: Sequence[Model], names: tuple[str, ...]) -> None:
    """UPDATE the columns `names` of stored rows of one model in one round trip.

    No signals are sent. Triggers, constraints and history work as usual.
    """
    if not rows:
        return
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    fields, statement = _update(model, names)
    values = [_prepared(row, fields, connection) for row in rows]
    if len(values) == 1:
        with prepared_cursor(connection.alias, writes=True) as cursor:
            cursor.execute(statement, values[0])
        return
    with connection.cursor() as cursor:
        # Not executemany: in a request pghistory adds values of its own in front of the list of parameters.
        cursor.execute("; ".join([statement] * len(values)), tuple(chain.from_iterable(values)))


def _prepared(row: Model, fields: "Sequence[Field[Any, Any]]", connection: BaseDatabaseWrapper) -> tuple[Any, ...]:
    return tuple(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields)


def _left_to_the_database(row: Model) -> frozenset[str]:
    """The names of the fields with a `db_default` to which nothing was assigned."""
    defaults = (field.attname for field in _with_database_default(type(row)))
    return frozenset(name for name in defaults if isinstance(getattr(row, name), DatabaseDefault))


@lru_cache
def _with_database_default(model: type[Model]) -> "list[Field[Any, Any]]":
    return [field for field in model._meta.concrete_fields if field.has_db_default()]


@lru_cache
def _insert(
    model: type[Model], left_out: frozenset[str] = frozenset()
) -> "tuple[list[Field[Any, Any]], str, str, str]":
    """What is written of a row, and the statement: its beginning, what stands for one row, and its end."""
    key = model._meta.pk
    fields = [field for field in model._meta.concrete_fields if field is not key and field.attname not in left_out]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    start = f'INSERT INTO "{model._meta.db_table}" ({columns})'
    return fields, start, f"({', '.join(['%s'] * len(fields))})", f'RETURNING "{key.column}"'


@lru_cache
def _insert_linked(
    model: type[Model], others: tuple[type[Model], ...], link: str
) -> "tuple[list[Field[Any, Any]], str, list[list[Field[Any, Any]]]]":
    """What is written of the first, the statement, and what is written of each other one beside the link."""
    fields, start, one, end = _insert(model)
    steps, keys, written = [f"added AS ({start} VALUES {one} {end} AS id)"], ["added.id"], []
    for place, other in enumerate(others):
        columns, other_start, _one, other_end = _insert(other)
        connection = connections[router.db_for_write(other)]
        selected = ", ".join(
            "added.id" if field.name == link else f"%s::{field.db_type(connection)}" for field in columns
        )
        steps.append(f"other{place} AS ({other_start} SELECT {selected} FROM added {other_end} AS id)")  # noqa: S608 - names of ours
        keys.append(f"other{place}.id")
        written.append([field for field in columns if field.name != link])
    tables = ", ".join(key.removesuffix(".id") for key in keys)
    return fields, f"WITH {', '.join(steps)} SELECT {', '.join(keys)} FROM {tables}", written  # noqa: S608 - names of ours


@lru_cache
def _update(model: type[Model], names: tuple[str, ...]) -> "tuple[list[Field[Any, Any]], str]":
    known = {field.name: field for field in model._meta.concrete_fields}
    fields = [known[name] for name in names]
    columns = ", ".join(f'"{field.column}" = %s' for field in fields)
    key = model._meta.pk
    statement = f'UPDATE "{model._meta.db_table}" SET {columns} WHERE "{key.column}" = %s'  # noqa: S608 - names of ours
    return [*fields, key], statement
