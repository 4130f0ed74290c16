"""gunicorn's own lines, through our formatter: it writes the path of a request that it could not hand over."""

import logging
import os
import re
from typing import Literal, cast

from gunicorn.config import Config
from gunicorn.glogging import Logger

from core.logs.lines import LineFormatter

PATH = re.compile(r"(?<=request )/\S*")


class QuietLogger(Logger):
    """For `gunicorn --logger-class`: errors as one masked line each, no access log."""

    def setup(self, cfg: Config) -> None:
        """Put our formatter, and the mask of paths, on gunicorn's handler."""
        super().setup(cfg)
        style = cast("Literal['json', 'console']", os.environ.get("LOG_FORMAT", "json"))
        for handler in self.error_log.handlers:
            handler.setFormatter(LineFormatter(style))
            handler.addFilter(without_path)

    def access(self, *_request: object) -> None:
        """Nothing: RequestLogMiddleware has said it, with the route."""


def without_path(record: logging.LogRecord) -> logging.LogRecord:
    """The record with the path of a request taken out."""
    record.msg, record.args = PATH.sub("[path]", record.getMessage()), ()
    return record
