"""How an event becomes a line: JSON for machines, colours for people at a terminal, masked either way."""

import logging
import logging.config
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal

import structlog
from structlog.typing import Processor

from core.logs.masks import masked_deeply
from core.logs.tracebacks import traceback_without_values

Event = MutableMapping[str, Any]

# Written by us, in a form of our own: times, levels, names of loggers.
OWN = frozenset({"timestamp", "level", "logger", "request_id", "exception"})


def tell_exception(_logger: Any, _method: str, event: Event) -> Event:  # noqa: ANN401 - structlog's processors
    """Replace exc_info by a traceback without values."""
    exc_info = event.pop("exc_info", None)
    if exc_info is True:
        exc_info = sys.exc_info()
    if isinstance(exc_info, BaseException):
        exc_info = (type(exc_info), exc_info, exc_info.__traceback__)
    if exc_info and exc_info[1]:
        event["exception"] = traceback_without_values(exc_info)
    return event


def mask_event(_logger: Any, _method: str, event: Event) -> Event:  # noqa: ANN401 - structlog's processors
    """Mask every value of the event; what structlog keeps for itself (`_record`) stays as it is."""
    return {key: value if key in OWN or key.startswith("_") else masked_deeply(value) for key, value in event.items()}


BEFORE: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class LineFormatter(structlog.stdlib.ProcessorFormatter):
    """Formats events of structlog and records of every other logger in the same way."""

    def __init__(self, style: Literal["json", "console"] = "json") -> None:
        renderer: Any = (
            structlog.processors.JSONRenderer(sort_keys=True)
            if style == "json"
            else structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        )
        super().__init__(
            foreign_pre_chain=BEFORE,
            processors=[
                tell_exception,
                mask_event,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                renderer,
            ],
            use_get_message=True,
        )

    def formatException(self, ei: Any) -> str:  # noqa: ANN401, ARG002, N802 - logging's own name
        """Nothing: the traceback is told by tell_exception, and must not be added a second time in clear."""
        return ""


def configure(settings: Mapping[str, Any]) -> None:
    """Set up the standard library's logging from `settings`, and structlog on top of it (LOGGING_CONFIG)."""
    logging.config.dictConfig(dict(settings))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *BEFORE,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
