"""What is kept of an exception: its class and place, and never its words, which may hold names and addresses."""

from pathlib import Path
from traceback import walk_tb
from types import FrameType

from django.conf import settings

from core.jobs import limits
from core.jobs.errors import ImpersonalError

MAX_LENGTH = 500
DIED = "The worker ended before the job did: it was killed, ran out of memory, or its machine stopped."


def described(error: BaseException) -> str:
    """Class and place of `error` ("ValueError at work.actions.judging:41"), and what the database says by name.

    The message is left out unless the class derives from ImpersonalError. Of a database error the SQLSTATE and the
    constraint are added: both are names, neither holds a value.
    """
    words = [_class_of(error), _place_of(error), _named_by_database(error)]
    if isinstance(error, ImpersonalError):
        words.append(f": {error}")
    if error.__cause__ is not None:
        words.append(f", caused by {_class_of(error.__cause__)}")
    return "".join(words)[:MAX_LENGTH]


def _class_of(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _place_of(error: BaseException) -> str:
    """The deepest line of ours, else the deepest line at all."""
    lines = list(walk_tb(error.__traceback__))
    if not lines:
        return ""
    ours = [line for line in lines if _is_ours(line[0])]
    frame, number = (ours or lines)[-1]
    return f" at {_module(frame)}:{number}"


def _is_ours(frame: FrameType) -> bool:
    """Of the product; the alarm clock is not where a handler was when it rang."""
    file = Path(frame.f_code.co_filename)
    return (
        file.is_relative_to(settings.ROOT) and "site-packages" not in file.parts and _module(frame) != limits.__name__
    )


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "?"))


def _named_by_database(error: BaseException) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    names = [
        name for name in (getattr(diagnosis, "sqlstate", None), getattr(diagnosis, "constraint_name", None)) if name
    ]
    return f" ({', '.join(names)})" if names else ""
