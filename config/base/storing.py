"""Writes columns of rows at hand, where every write about a learner ends.

Django's own `save` and `bulk_update` work the SQL out each time they are called.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from django.db import connections, router
from django.db.models import Field, Model


def store(rows: Sequence[Model], names: tuple[str, ...]) -> None:
    """UPDATE the columns `names` of rows of one model that are stored already, all on one way to the server.

    No signals are sent; triggers, constraints and history work as ever.
    """
    if not rows:
        return
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    fields, statement = _update(model, names)
    values = [
        tuple(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields) for row in rows
    ]
    with connection.cursor() as cursor:
        # Not executemany: pghistory, which tells in a request who writes, puts its own values before the list of ours.
        cursor.execute("; ".join([statement] * len(values)), tuple(chain.from_iterable(values)))


@lru_cache
def _update(model: type[Model], names: tuple[str, ...]) -> "tuple[list[Field[Any, Any]], str]":
    known = {field.name: field for field in model._meta.concrete_fields}
    fields = [known[name] for name in names]
    columns = ", ".join(f'"{field.column}" = %s' for field in fields)
    key = model._meta.pk
    statement = f'UPDATE "{model._meta.db_table}" SET {columns} WHERE "{key.column}" = %s'  # noqa: S608 - names of ours
    return [*fields, key], statement
