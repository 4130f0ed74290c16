"""Responses of the CASE service: errors in the form of the standard, and conditional requests with ETags."""

from collections.abc import Callable
from typing import Any

from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from competencies.models import Framework

# Clients may store a response, but must revalidate it each time, because a framework can be withdrawn.
CACHING = "public, no-cache"


def status_info(status: int, description: str, minor: str) -> Response:
    """An error response in the form of CASE (imsx_StatusInfo)."""
    field = {"imsx_codeMinorFieldName": "sourcedId", "imsx_codeMinorFieldValue": minor}
    body = {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": description,
        "imsx_codeMinor": {"imsx_codeMinorField": [field]},
    }
    return Response(body, status=status)


def not_found() -> Response:
    """404: no published object has this identifier."""
    return status_info(404, _("Nothing that is published here goes by this identifier."), "unknownobject")


def unless_cached(request: Request, framework: Framework, build: Callable[[], Any]) -> Response:
    """The response with the result of `build`, or 304 if the client has the current version.

    The ETag is the framework's content version, so that a 304 costs no further query.
    """
    etag = f'"{framework.public_id}-{framework.content_version}"'
    # Before `build`, so that a client with the current version costs one query.
    not_modified = get_conditional_response(request._request, etag=etag)  # noqa: SLF001 - the request that DRF wraps
    response = Response(build()) if not_modified is None else Response(status=not_modified.status_code)
    response["ETag"] = etag
    response["Cache-Control"] = CACHING
    return response
