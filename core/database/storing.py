"""Writes new rows, and columns of rows at hand, where every write about a learner ends.

Django's own `save`, `bulk_create` and `bulk_update` work the SQL out each time they are called.
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


def add(rows: Sequence[Model]) -> None:
    """INSERT rows of one model, and give each the key that the database gave it, all on one way to the server.

    As `bulk_create`: no signals are sent; triggers, constraints and history work as ever. Columns that the first row
    leaves to the default of the database are left to it for all rows.
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


def add_both(row: Model, beside: Model, *, link: str) -> None:
    """INSERT one row, and another one whose field `link` points at it, all on one way to the server; as `add`."""
    alias = router.db_for_write(type(row))
    fields, statement, others = _insert_both(type(row), type(beside), link)
    values = (*_prepared(row, fields, connections[alias]), *_prepared(beside, others, connections[alias]))
    with prepared_cursor(alias, writes=True) as cursor:
        cursor.execute(statement, values)
        ((key, other),) = cursor.fetchall()
    _is_stored(row, key, alias)
    setattr(beside, link, row)
    _is_stored(beside, other, alias)


def _is_stored(row: Model, key: int, alias: str) -> None:
    row.pk, row._state.adding, row._state.db = key, False, alias


def store(rows: Sequence[Model], names: tuple[str, ...]) -> None:
    """UPDATE the columns `names` of rows of one model that are stored already, all on one way to the server.

    No signals are sent; triggers, constraints and history work as ever.
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
        # Not executemany: pghistory, which tells in a request who writes, puts its own values before the list of ours.
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
def _insert_both(
    model: type[Model], beside: type[Model], link: str
) -> "tuple[list[Field[Any, Any]], str, list[Field[Any, Any]]]":
    """What is written of the first, the statement, and what is written of the other one beside the link."""
    fields, start, one, end = _insert(model)
    others, other_start, _one, other_end = _insert(beside)
    connection = connections[router.db_for_write(beside)]
    asked = ", ".join("added.id" if field.name == link else f"%s::{field.db_type(connection)}" for field in others)
    statement = f"""
        WITH added AS ({start} VALUES {one} {end} AS id),
        beside AS ({other_start} SELECT {asked} FROM added {other_end} AS id)
        SELECT added.id, beside.id FROM added, beside
    """  # noqa: S608 - names of ours
    return fields, statement, [field for field in others if field.name != link]


@lru_cache
def _update(model: type[Model], names: tuple[str, ...]) -> "tuple[list[Field[Any, Any]], str]":
    known = {field.name: field for field in model._meta.concrete_fields}
    fields = [known[name] for name in names]
    columns = ", ".join(f'"{field.column}" = %s' for field in fields)
    key = model._meta.pk
    statement = f'UPDATE "{model._meta.db_table}" SET {columns} WHERE "{key.column}" = %s'  # noqa: S608 - names of ours
    return [*fields, key], statement
