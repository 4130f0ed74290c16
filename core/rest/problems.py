"""Errors of the API as problem+json (RFC 9457): one shape, whoever raises them.

drf-standardized-errors finds out what went wrong and flattens nested validation errors; this module gives them the
standard's members and media type. `code` is what a program acts on, `detail` is for the person reading its log.
"""

from http import HTTPStatus
from typing import Any

from django.db import IntegrityError
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import ErrorResponse
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from core.database.constraint_messages import sentence_of

MEDIA_TYPE = "application/problem+json"


def problem(status: int, *, code: str, detail: str) -> dict[str, Any]:
    """The body of a problem without further parts; `type` is about:blank, so `title` is the status's own phrase."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }


class ProblemFormatter(ExceptionFormatter):
    """Turns the flattened errors into a problem; several of them, or one that belongs to a field, stand in `errors`."""

    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        """The error as problem+json."""
        first = error_response.errors[0]
        body = problem(self.exc.status_code, code=first.code, detail=first.detail)
        if first.attr is None and len(error_response.errors) == 1:
            return body
        body["code"] = error_response.type
        body["detail"] = "The request has mistakes; see `errors`."
        body["errors"] = [
            {"code": error.code, "detail": error.detail, "field": error.attr} for error in error_response.errors
        ]
        return body


class ConflictError(APIException):
    """A write that the database refused, for a reason that has words."""

    status_code = HTTPStatus.CONFLICT


class ProblemHandler(ExceptionHandler):
    """Gives the answer its media type, and a violated constraint its sentence."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        """As the base, and 409 for a violated constraint."""
        sentence = sentence_of(exc) if isinstance(exc, IntegrityError) else None
        if sentence is not None:
            return ConflictError(sentence, code="conflict")
        converted: Exception = super().convert_known_exceptions(exc)
        return converted

    def get_response(self, exc: APIException, data: dict[str, Any]) -> Response:
        """The response with its media type."""
        response: Response = super().get_response(exc, data)
        response.content_type = MEDIA_TYPE
        return response
