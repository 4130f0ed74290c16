"""Tracebacks that say where and what kind, never with which values."""

import traceback
from collections.abc import Iterator
from types import TracebackType

from django.db import Error as DatabaseError
from psycopg import Error as PsycopgError

from core.logs.masks import masked, without_values

ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]

# Errors about code, not about data: what they quote are names in our own source.
ABOUT_CODE = (AttributeError, ImportError, NameError, TypeError)


def traceback_without_values(exc_info: ExcInfo) -> str:
    """The chain of exceptions, the first cause first, each with its frames and a message without values."""
    _kind, error, _frames = exc_info
    return "\n".join(_one(link) for link in reversed(list(_chain(error)))) if error else ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _one(error: BaseException) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames}{type(error).__module__}.{type(error).__qualname__}: {_message(error)}"


def _message(error: BaseException) -> str:
    match error:
        case PsycopgError():
            about = (error.sqlstate, error.diag.table_name, error.diag.constraint_name)
            return " ".join(fact for fact in about if fact)
        case DatabaseError():
            return "see its cause"
        case _ if isinstance(error, ABOUT_CODE):
            return masked(str(error))
        case _:
            return without_values(str(error))
