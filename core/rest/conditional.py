"""Answers that are not sent twice: a digest is the ETag, and who holds it gets 304."""

from django.utils.cache import get_conditional_response
from rest_framework.request import Request
from rest_framework.response import Response

# Personal answers: only the caller keeps them, and asks each time whether they may still be used.
PRIVATE = "private, no-cache"


def is_held(request: Request, etag: str) -> bool:
    """Whether the caller says it holds the answer with this (quoted) ETag."""
    # Unwrapped: Django's own conditions look at the request that DRF wraps.
    return get_conditional_response(request._request, etag=etag) is not None  # noqa: SLF001


def with_etag(response: Response, etag: str) -> Response:
    """`response` with what a caller needs to ask conditionally the next time."""
    response["ETag"] = etag
    response["Cache-Control"] = PRIVATE
    return response
