"""Which function goes by which name, and how it wants to be run."""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.utils.module_loading import autodiscover_modules

from core.jobs.errors import HandlerNameTakenError, UnknownHandlerError
from core.jobs.kinds import JobKind, Lane, Mode

Function = TypeVar("Function", bound=Callable[..., None])

NAME = re.compile(r"[a-z][a-z_]*\.[a-z][a-z0-9_]*")
MAX_ATTEMPTS = 10  # about three quarters of an hour with the backoff below
TIME_LIMIT = timedelta(minutes=10)


@dataclass(frozen=True)
class Handler:
    """A function of ids, the name its jobs carry, and how they are run."""

    name: str
    function: Callable[..., None]
    lane: Lane
    mode: Mode
    max_attempts: int
    time_limit: timedelta
    every: timedelta | None

    def accepts(self, ids: tuple[object, ...]) -> bool:
        """Whether the function can be called with these ids."""
        try:
            inspect.signature(self.function).bind(*ids)
        except TypeError:
            return False
        return True


_by_name: dict[str, Handler] = {}
_by_function: dict[Callable[..., Any], Handler] = {}


def job(  # noqa: PLR0913 - each has a default and is given by name
    kind: JobKind | None = None,
    *,
    name: str = "",
    lane: Lane = Lane.NOW,
    mode: Mode = Mode.ATOMIC,
    max_attempts: int = MAX_ATTEMPTS,
    time_limit: timedelta = TIME_LIMIT,
    every: timedelta | None = None,
) -> Callable[[Function], Function]:
    """Declare a function of ids as the handler of the jobs of `kind`, or of those called `name` ("app.verb_object").

    It stays a plain function, to be called directly in tests. With `every` beat promises it periodically, without ids.
    """
    if kind is not None:
        name, lane = kind.name, kind.lane
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a job: write it like competencies.import_package")

    def declare(function: Function) -> Function:
        known = _by_name.get(name)
        if known is not None and known.function is not function:
            raise HandlerNameTakenError(f"{name} is already the name of {known.function.__module__}")
        handler = Handler(name, function, lane, mode, max_attempts, time_limit, every)
        if every is not None and not handler.accepts(()):
            raise TypeError(f"{name} runs periodically, so it can take no ids")
        _by_name[name] = _by_function[function] = handler
        return function

    return declare


def handler_of(promised: Callable[..., None] | JobKind) -> Handler:
    """The handler of the jobs of a kind, or the one that a function was declared as."""
    if isinstance(promised, JobKind):
        return handler_named(promised.name)
    try:
        return _by_function[promised]
    except KeyError:
        raise UnknownHandlerError(f"{promised.__module__}.{promised.__qualname__} is not declared with @job") from None


def handler_named(name: str) -> Handler:
    """The handler that goes by `name`; the `tasks` modules of all apps are imported when it is not known yet."""
    if name not in _by_name:
        autodiscover_modules("tasks")
    try:
        return _by_name[name]
    except KeyError:
        raise UnknownHandlerError(f"no handler goes by the name {name}") from None


def all_handlers() -> Iterator[Handler]:
    """Every handler of every installed app."""
    autodiscover_modules("tasks")
    yield from _by_name.values()
