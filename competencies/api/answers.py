"""Answers of the CASE service: its own form of errors, and answers that are not sent twice."""

from collections.abc import Callable
from typing import Any

from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from competencies.models import Framework

# Readers may keep an answer, but ask each time whether it still holds: a framework can be withdrawn.
CACHING = "public, no-cache"


def status_info(status: int, description: str, minor: str) -> Response:
    """An error as CASE words it (imsx_StatusInfo)."""
    field = {"imsx_codeMinorFieldName": "sourcedId", "imsx_codeMinorFieldValue": minor}
    body = {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": description,
        "imsx_codeMinor": {"imsx_codeMinorField": [field]},
    }
    return Response(body, status=status)


def unknown() -> Response:
    """Nothing public goes by that identifier."""
    return status_info(404, _("Nothing that is published here goes by this identifier."), "unknownobject")


def unless_known(request: Request, framework: Framework, make: Callable[[], Any]) -> Response:
    """The answer that `make` gives, or 304 when the caller holds it: it changes only with the framework's content."""
    etag = f'"{framework.public_id}-{framework.content_version}"'
    held = get_conditional_response(request._request, etag=etag)  # noqa: SLF001 - the request that DRF wraps
    answer = Response(make()) if held is None else Response(status=held.status_code)
    answer["ETag"] = etag
    answer["Cache-Control"] = CACHING
    return answer
