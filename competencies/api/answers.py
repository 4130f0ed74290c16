"""Responses of the CASE service: errors in the form of the standard, CORS, and conditional requests with ETags."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from competencies.formats.case_service import SERVED
from competencies.formats.dialect import Dialect
from competencies.models import Framework

# Clients may store a response, but must revalidate it each time, because a framework can be withdrawn.
CACHING = "public, no-cache"
# Part of each ETag. Raised when the service writes the same content differently, so that no client keeps the old form.
FORM = 2
# The codes that both versions of the standard have; for other statuses the minor code is left out.
MINOR_CODES = {
    HTTPStatus.BAD_REQUEST: "invalid_selection_field",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "unknownobject",
    HTTPStatus.TOO_MANY_REQUESTS: "server_busy",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internal_server_error",
}
# Everything here is public and nothing is sent with credentials, so that pages of any site may read it.
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, X-Total-Count",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class CaseView(APIView):
    """One read of the service, in one version of CASE."""

    # The version as it stands in the path; the routes set it.
    case_version = "v1p1"

    @property
    def dialect(self) -> Dialect:
        """The form in which this version is written."""
        return SERVED[self.case_version]

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]  # noqa: ARG002, ANN401 - as DRF's own
        """Answer a browser that asks whether a page of another site may read this."""
        return Response(status=HTTPStatus.NO_CONTENT, headers=PREFLIGHT)

    def get_exception_handler(self) -> Callable[[Exception, Any], Response | None]:
        """Errors have the form of the standard, not that of the partner API."""
        return lambda error, context: _StatusInfoHandler(error, context).run()

    def finalize_response(self, request: Request, response: Response, *args: object, **kwargs: object) -> Response:
        """Add what every answer has: errors and 304 too."""
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in CORS.items():
            answer[name] = value
        return answer


class _StatusInfoHandler(ExceptionHandler):
    """Turns whatever a view raises into imsx_StatusInfo; what nobody expected is reported as ever."""

    def format_exception(self, exc: APIException) -> dict[str, Any]:
        """The body of the error."""
        status = HTTPStatus(exc.status_code)
        # A method that the service does not have is no failure of a request that it knows.
        major = "unsupported" if status is HTTPStatus.METHOD_NOT_ALLOWED else "failure"
        return _body(str(exc.detail), MINOR_CODES.get(status, ""), major=major)


def status_info(status: int, description: str, minor: str) -> Response:
    """An error response in the form of CASE (imsx_StatusInfo)."""
    return Response(_body(description, minor), status=status)


def _body(description: str, minor: str, *, major: str = "failure") -> dict[str, Any]:
    body: dict[str, Any] = {"imsx_codeMajor": major, "imsx_severity": "error", "imsx_description": description}
    if minor:
        field = {"imsx_codeMinorFieldName": "sourcedId", "imsx_codeMinorFieldValue": minor}
        body["imsx_codeMinor"] = {"imsx_codeMinorField": [field]}
    return body


def not_found() -> Response:
    """404: no published object has this identifier."""
    return status_info(404, _("Nothing that is published here goes by this identifier."), "unknownobject")


def unless_cached(request: Request, framework: Framework, build: Callable[[], Any]) -> Response:
    """The response with the result of `build`, or 304 if the client has the current version.

    The ETag is the framework's content version, so that a 304 costs no further query.
    """
    return unless_same(request, f"{framework.public_id}-{framework.content_version}", lambda: Response(build()))


def unless_same(request: Request, state: str, build: Callable[[], Response]) -> Response:
    """The response of `build` with an ETag of `state`, or 304 if the client has it already."""
    etag = f'"{state}-{FORM}"'
    # Before `build`, so that a client with the current version costs one query.
    not_modified = get_conditional_response(request._request, etag=etag)  # noqa: SLF001 - the request that DRF wraps
    response = build() if not_modified is None else Response(status=not_modified.status_code)
    response["ETag"] = etag
    response["Cache-Control"] = CACHING
    return response
