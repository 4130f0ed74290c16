"""Logs as one JSON object per line, without personal data: routes instead of paths, ids instead of names, masks."""

from config.base.logs.lines import LineFormatter, configure
from config.base.logs.masks import masked
from config.base.logs.requests import RequestLogMiddleware

__all__ = ["LineFormatter", "RequestLogMiddleware", "configure", "masked"]
