"""The answer of a page when a write breaks a constraint that no form foresaw: its sentence, not an error 500."""

from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from core.database.constraint_messages import sentence_of, violated_constraint

log = structlog.get_logger(__name__)


class ConstraintMiddleware:
    """Two people at the same moment, mostly: the transaction is rolled back, and the page says what was refused."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer 409 with the sentence; None for any other error, which then fails as before."""
        sentence = sentence_of(error) if isinstance(error, IntegrityError) else None
        if sentence is None:
            return None
        # Logged, because a form should have said it before: whoever runs Cairn can tell us.
        log.warning("constraint_refused", constraint=violated_constraint(error))  # type: ignore[arg-type]  # it is one
        return render(request, "409.html", {"sentence": sentence}, status=HTTPStatus.CONFLICT)
