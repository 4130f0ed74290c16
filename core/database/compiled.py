"""Querysets with SQL that is built once per process, for the reads of every write about a learner and of every page.

Django builds a queryset and its SQL again for each read. That takes several times what PostgreSQL needs to answer with
a handful of rows. `compiled` builds it once for each shape of arguments, and then only puts the values in.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, ParamSpec, TypeVar
from uuid import UUID

import psycopg
from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators
from django.db.models.sql.compiler import SQLCompiler

from core.database.prepared import prepared_cursor

Asked = ParamSpec("Asked")
Row = TypeVar("Row")
Shape = tuple[tuple[type, int] | type, ...]
Place = tuple[int, int | None]  # which argument, and which of its members where it is several

EXACT_MEMBERS: Final = 8  # of a tuple: each number of members up to this has SQL of its own
MAX_MEMBERS: Final = 64  # above the former, numbers share the SQL of the next power of two
FIRST_STAND_IN: Final = 2_147_480_000  # values that stand in for arguments while SQL is worked out
STAND_IN_TIME: Final = datetime(8901, 2, 3, 4, 5, 6, tzinfo=UTC)


def compiled(build: Callable[Asked, QuerySet[Any, Row]]) -> Callable[Asked, list[Row]]:
    """Turn `build`, which returns a queryset, into a function that returns that queryset's rows.

    Arguments are positional and are what lookups take: an id, a text, a date, a datetime, a UUID, or a tuple of these
    for `__in`. `build` must not look at their values. With any other argument (None, an empty tuple, a tuple of more
    than MAX_MEMBERS) the queryset is built and evaluated in Django's way. The queryset yields instances of its model,
    without prefetch, or tuples by `values_list`. Raises TypeError for every other kind.
    """
    # Key: the shape of the arguments. Bound: the few shapes in which the code calls one function. SQL depends on the
    # models alone, so it stays valid for the life of the process.
    known: dict[Shape, _Statement] = {}

    def ask(*arguments: Asked.args, **named: Asked.kwargs) -> list[Row]:
        padded = tuple(map(_padded, arguments))
        shape = None if named else _shape(padded)
        if shape is None:
            return list(build(*arguments, **named))
        if shape not in known:
            known[shape] = _Statement.of(build, padded)
        return known[shape].ask(padded)

    return ask


def _padded(argument: Any) -> Any:  # noqa: ANN401 - whatever a lookup takes
    """A tuple of more than EXACT_MEMBERS with its last member repeated up to a power of two, which `__in` ignores."""
    if not isinstance(argument, tuple) or not EXACT_MEMBERS < len(argument) <= MAX_MEMBERS:
        return argument
    return argument + argument[-1:] * ((1 << (len(argument) - 1).bit_length()) - len(argument))


STAND_INS: dict[type, Callable[[int], Any]] = {
    int: lambda number: FIRST_STAND_IN + number,
    str: lambda number: f"\N{SNOWMAN} {number}",
    date: lambda number: STAND_IN_TIME.date() + timedelta(days=number),
    datetime: lambda number: STAND_IN_TIME + timedelta(seconds=number),
    UUID: lambda number: UUID(int=FIRST_STAND_IN + number),
}


def _shape(arguments: tuple[Any, ...]) -> Shape | None:
    """The types of the arguments, of tuples with the number of members; None where they cannot be compiled."""
    kinds: list[tuple[type, int] | type] = []
    for value in arguments:
        members = value if isinstance(value, tuple) else (value,)
        if not 0 < len(members) <= MAX_MEMBERS or any(type(member) not in STAND_INS for member in members):
            return None
        kinds.append((type(members[0]), len(members)) if isinstance(value, tuple) else type(value))
    return tuple(kinds)


@dataclass(frozen=True)
class _Statement:
    """SQL, the place of each argument in it, and how its rows become Django's."""

    alias: str
    sql: str
    places: tuple[Place, ...]
    compiler: SQLCompiler
    converters: dict[int, Any]
    instances: "_Instances | None"  # None for values_list

    @classmethod
    def of(cls, build: Callable[..., QuerySet[Any, Any]], arguments: tuple[Any, ...]) -> "_Statement":
        """Build the SQL from stand-ins for the arguments."""
        stand_ins, place_of = _stand_ins(arguments)
        queryset = build(*stand_ins)
        kind: type[object] = queryset._iterable_class  # noqa: SLF001 - rows of the model, tuples, or something else
        if kind is not ModelIterable and kind is not ValuesListIterable:
            raise TypeError("rows and values_list are compiled, nothing else")
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, parameters = compiler.as_sql()
        places = tuple(place_of[parameter] for parameter in parameters if _is_one_of(place_of, parameter))
        if set(places) != set(place_of.values()):
            raise TypeError("an argument is not in the SQL as it was given")
        sql = _with_constants(
            queryset.db, sql, [None if _is_one_of(place_of, each) else (each,) for each in parameters]
        )
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select or ()])
        instances = _Instances.of(compiler, queryset.db) if kind is ModelIterable else None
        return cls(queryset.db, sql, places, compiler, converters, instances)

    def ask(self, arguments: tuple[Any, ...]) -> list[Any]:
        """The rows for these arguments."""
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
    """How rows become instances, with related ones: Django's ModelIterable works this out again for each query."""

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


def _is_one_of(place_of: dict[Any, Place], parameter: Any) -> bool:  # noqa: ANN401 - whatever SQL takes
    return isinstance(parameter, tuple(STAND_INS)) and parameter in place_of


def _with_constants(alias: str, sql: str, constants: Sequence[tuple[Any] | None]) -> str:
    """`sql` with its constants written into it, so that a generic plan can use what PostgreSQL knows about them."""
    connections[alias].ensure_connection()
    spelling, left = psycopg.ClientCursor(connections[alias].connection), iter(constants)

    def written(found: re.Match[str]) -> str:
        constant = next(left) if found.group() == "%s" else None
        return found.group() if constant is None else spelling.mogrify("%s", constant).replace("%", "%%")

    return re.sub("%.", written, sql)


def _stand_ins(arguments: tuple[Any, ...]) -> tuple[list[Any], dict[Any, Place]]:
    """Values of the same shape that differ from each other, and the place of the argument that each stands for."""
    place_of: dict[Any, Place] = {}
    stand_ins: list[Any] = []
    for argument, value in enumerate(arguments):
        several = isinstance(value, tuple)
        found = []
        for member, one in enumerate(value if several else (value,)):
            stand_in = STAND_INS[type(one)](len(place_of))
            place_of[stand_in] = (argument, member if several else None)
            found.append(stand_in)
        stand_ins.append(tuple(found) if several else found[0])
    return stand_ins, place_of
