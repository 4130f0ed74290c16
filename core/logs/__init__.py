"""Logs as one JSON object per line, without personal data: routes instead of paths, ids instead of names, masks."""

from core.logs.lines import LineFormatter, configure
from core.logs.masks import masked
from core.logs.requests import RequestLogMiddleware

__all__ = ["LineFormatter", "RequestLogMiddleware", "configure", "masked"]
