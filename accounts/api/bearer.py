"""The API client of a request, from its bearer token.

Every request reads the database, so that an ended client stops at once.
"""

import re

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.models import PartnerClient
from accounts.queries.access import client_of_token
from core import clock

# RFC 6750, section 2.1; the length is limited so that a huge header costs no hashing.
_BEARER = re.compile(r"[Bb]earer +([A-Za-z0-9._~+/-]{1,512}=*)")
_REQUEST_ATTRIBUTE = "cairn_partner_client"


def client_of(request: HttpRequest) -> PartnerClient | None:
    """The client of the request's valid bearer token; one query, cached on the request."""
    if not hasattr(request, _REQUEST_ATTRIBUTE):
        setattr(request, _REQUEST_ATTRIBUTE, _client_of_header(request.headers.get("Authorization", "")))
    client: PartnerClient | None = getattr(request, _REQUEST_ATTRIBUTE)
    return client


def partner_program(request: HttpRequest) -> bool:
    """Whether the request has a valid bearer token of an API client."""
    return client_of(request) is not None


def _client_of_header(header: str) -> PartnerClient | None:
    match = _BEARER.fullmatch(header)
    return None if match is None else client_of_token(match[1], at=clock.now())


class BearerAuthentication(BaseAuthentication):
    """Sets `request.auth` to the client. There is no user, because the client acts for itself."""

    def authenticate(self, request: Request) -> tuple[None, PartnerClient] | None:
        """No user and the client; None without a valid token."""
        client = client_of(request._request)  # noqa: SLF001 - the request that DRF wraps
        return None if client is None else (None, client)

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        """The WWW-Authenticate header, which makes DRF answer 401 instead of 403 (RFC 6750)."""
        return 'Bearer realm="api"'
