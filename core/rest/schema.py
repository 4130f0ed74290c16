"""How the API describes itself: problems are described once, with the media type they have."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers

from core.rest.problems import MEDIA_TYPE, problem

# What each status means here: its code, and the words of the example.
CASES = {
    400: ("invalid", "A valid integer is required."),
    401: ("not_authenticated", "Send a bearer token; there was none that is in force."),
    403: ("permission_denied", "Your account has no right to this."),
    404: ("not_found", "There is nothing here that is shared with you."),
    406: ("not_acceptable", "Could not satisfy the request Accept header."),
    413: ("too_large", "The body is larger than 262,144 bytes."),
    415: ("unsupported_media_type", "Unsupported media type in request."),
    429: ("throttled", "Request was throttled. Expected available in 12 seconds."),
}


class MistakeSerializer(serializers.Serializer[Any]):
    """One mistake in a request."""

    code = serializers.CharField(help_text="What a program acts on.")
    detail = serializers.CharField(help_text="What it means, in words.")
    field = serializers.CharField(allow_null=True, help_text="The member or parameter it belongs to.")


class ProblemSerializer(serializers.Serializer[Any]):
    """An error, as RFC 9457 has it."""

    type = serializers.CharField(help_text="Always about:blank: the status says what kind of problem it is.")
    title = serializers.CharField(help_text="The phrase of the status.")
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="What a program acts on.")
    detail = serializers.CharField(help_text="What it means, in words.")
    errors = MistakeSerializer(  # type: ignore[assignment]  # the member's name; nobody validates a problem
        many=True, required=False, help_text="Each mistake, where there are several."
    )


def problems(*statuses: int) -> dict[tuple[int, str], Any]:
    """The answers of an operation that are problems, for `extend_schema(responses=)`."""
    return {(status, MEDIA_TYPE): _described(status) for status in statuses}


def _described(status: int) -> OpenApiResponse:
    code, detail = CASES[status]
    example = OpenApiExample(code, value=problem(status, code=code, detail=detail), response_only=True)
    return OpenApiResponse(
        ProblemSerializer, description=problem(status, code=code, detail="")["title"], examples=[example]
    )


def partner_operations(endpoints: Iterable[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """The operations below /api/: what partners' programs call (a hook of drf-spectacular)."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/")]


def bodies_are_required(result: dict[str, Any], **_generator: object) -> dict[str, Any]:
    """Where an operation takes a body there must be one (a hook of drf-spectacular)."""
    for place in result["paths"].values():
        for operation in place.values():
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
    return result
