"""Querysets whose SQL is worked out once per process, for what is asked with every write about a learner.

Django builds a queryset and turns it into SQL anew each time it is asked: several times what PostgreSQL needs to answer
one of a handful of rows. `compiled` does that once for each shape of arguments and only puts the values in afterwards.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, ParamSpec, TypeVar
from uuid import UUID

import psycopg
from django.db import connections
from django.db.models import Func, IntegerField, Model, QuerySet
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators
from django.db.models.sql.compiler import SQLCompiler

from core.database.prepared import prepared_cursor

Asked = ParamSpec("Asked")
Row = TypeVar("Row")
Shape = tuple[tuple[type, int] | type, ...]
Place = tuple[int, int | None]  # which argument, and which of its members where it is several

# For `values_list` of a compiled queryset: how many rows it has. Django's own Count would group them by their key.
ROW_COUNT: Final = Func(template="COUNT(*)", output_field=IntegerField())

MOST: Final = 8  # several values are compiled for each number of them; more than these are asked as ever
UNLIKELY: Final = 2_147_480_000  # values that stand in for arguments while SQL is worked out
THEN: Final = datetime(8901, 2, 3, 4, 5, 6, tzinfo=UTC)


def compiled(build: Callable[Asked, QuerySet[Any, Row]]) -> Callable[Asked, list[Row]]:
    """Ask the queryset that `build` makes of its arguments, without making it each time.

    Arguments are given by place and are what lookups take: an id, a text, a date, an instant, a UUID, or a tuple of
    these for `__in`. `build` may not look at their values. Any other argument (None, an empty or a long tuple) is asked
    the ordinary way. The queryset gives rows of its model, without prefetch, or tuples by `values_list`; TypeError for
    every other kind.
    """
    known: dict[Shape, _Statement] = {}

    def ask(*arguments: Asked.args, **named: Asked.kwargs) -> list[Row]:
        shape = None if named else _shape(arguments)
        if shape is None:
            return list(build(*arguments, **named))
        if shape not in known:
            known[shape] = _Statement.of(build, arguments)
        return known[shape].ask(arguments)

    return ask


STAND_INS: dict[type, Callable[[int], Any]] = {
    int: lambda number: UNLIKELY + number,
    str: lambda number: f"\N{SNOWMAN} {number}",
    date: lambda number: THEN.date() + timedelta(days=number),
    datetime: lambda number: THEN + timedelta(seconds=number),
    UUID: lambda number: UUID(int=UNLIKELY + number),
}


def _shape(arguments: tuple[Any, ...]) -> Shape | None:
    """The kinds of arguments, and how many where it is several; None where they are not for us."""
    kinds: list[tuple[type, int] | type] = []
    for value in arguments:
        members = value if isinstance(value, tuple) else (value,)
        if not 0 < len(members) <= MOST or any(type(member) not in STAND_INS for member in members):
            return None
        kinds.append((type(members[0]), len(members)) if isinstance(value, tuple) else type(value))
    return tuple(kinds)


@dataclass(frozen=True)
class _Statement:
    """SQL, what goes where in it, and how Django reads the rows of its answer."""

    alias: str
    sql: str
    places: tuple[Place, ...]
    compiler: SQLCompiler
    converters: dict[int, Any]
    instances: "_Instances | None"  # None for values_list

    @classmethod
    def of(cls, build: Callable[..., QuerySet[Any, Any]], arguments: tuple[Any, ...]) -> "_Statement":
        stand_ins, meant = _stand_ins(arguments)
        queryset = build(*stand_ins)
        kind: type[object] = queryset._iterable_class  # noqa: SLF001 - rows of the model, tuples, or something else
        if kind is not ModelIterable and kind is not ValuesListIterable:
            raise TypeError("rows and values_list are compiled, nothing else")
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, parameters = compiler.as_sql()
        places = tuple(meant[parameter] for parameter in parameters if _is_one_of(meant, parameter))
        if set(places) != set(meant.values()):
            raise TypeError("an argument is not in the SQL as it was given")
        sql = _with_constants(queryset.db, sql, [None if _is_one_of(meant, each) else (each,) for each in parameters])
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select or ()])
        instances = _Instances.of(compiler, queryset.db) if kind is ModelIterable else None
        return cls(queryset.db, sql, places, compiler, converters, instances)

    def ask(self, arguments: tuple[Any, ...]) -> list[Any]:
        values = [
            arguments[argument] if member is None else arguments[argument][member] for argument, member in self.places
        ]
        with prepared_cursor(self.alias) as cursor:
            cursor.execute(self.sql, values)
            rows = cursor.fetchall()
        if self.compiler.has_extra_select:  # what it is only sorted by
            rows = [row[: self.compiler.col_count] for row in rows]
        converted = self.compiler.apply_converters(rows, self.converters) if self.converters else rows
        return list(map(tuple, converted)) if self.instances is None else self.instances.made_of(converted)


@dataclass(frozen=True)
class _Instances:
    """How rows become instances, with those that select_related brings: ModelIterable works it out for each query."""

    alias: str
    model: type[Model]
    names: tuple[str, ...]
    columns: slice
    related: tuple[Any, ...]
    annotations: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, compiler: SQLCompiler, alias: str) -> "_Instances":
        loaded, select = compiler.klass_info or {}, compiler.select or []
        columns = slice(loaded["select_fields"][0], loaded["select_fields"][-1] + 1)
        names = tuple(column.target.attname for column, _sql, _alias in select[columns])
        related = tuple(get_related_populators(loaded, select, alias))  # type: ignore[call-arg]  # theirs is of a later Django
        return cls(alias, loaded["model"], names, columns, related, tuple((compiler.annotation_col_map or {}).items()))

    def made_of(self, rows: Iterable[Sequence[Any]]) -> list[Model]:
        made = []
        for row in rows:
            instance = self.model.from_db(self.alias, self.names, row[self.columns])
            for populator in self.related:
                populator.populate(row, instance)
            for name, column in self.annotations:
                setattr(instance, name, row[column])
            made.append(instance)
        return made


def _is_one_of(meant: dict[Any, Place], parameter: Any) -> bool:  # noqa: ANN401 - whatever SQL takes
    return isinstance(parameter, tuple(STAND_INS)) and parameter in meant


def _with_constants(alias: str, sql: str, constants: Sequence[tuple[Any] | None]) -> str:
    """`sql` with what does not change written into it: a plan for all values can then use what is known of these."""
    connections[alias].ensure_connection()
    spelling, left = psycopg.ClientCursor(connections[alias].connection), iter(constants)

    def written(found: re.Match[str]) -> str:
        constant = next(left) if found.group() == "%s" else None
        return found.group() if constant is None else spelling.mogrify("%s", constant).replace("%", "%%")

    return re.sub("%.", written, sql)


def _stand_ins(arguments: tuple[Any, ...]) -> tuple[list[Any], dict[Any, Place]]:
    """Values of the same shape that can be told apart in the parameters, and what each stands for."""
    meant: dict[Any, Place] = {}
    stand_ins: list[Any] = []
    for argument, value in enumerate(arguments):
        several = isinstance(value, tuple)
        found = []
        for member, one in enumerate(value if several else (value,)):
            stand_in = STAND_INS[type(one)](len(meant))
            meant[stand_in] = (argument, member if several else None)
            found.append(stand_in)
        stand_ins.append(tuple(found) if several else found[0])
    return stand_ins, meant
