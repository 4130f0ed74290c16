"""Whose program is asking: the bearer token of a request, asked anew each time."""

import hashlib
import re
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from oauth2_provider.models import AccessToken
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.models import PartnerClient
from config.base import clock
from config.base.compiled import compiled

_BEARER = re.compile(r"[Bb]earer +([A-Za-z0-9._~+/-]{1,512}=*)")
_REMEMBERED = "cairn_partner_client"


def client_of(request: HttpRequest) -> PartnerClient | None:
    """The client whose token in force this request carries; one query, once per request."""
    if not hasattr(request, _REMEMBERED):
        setattr(request, _REMEMBERED, _client(request.headers.get("Authorization", "")))
    found: PartnerClient | None = getattr(request, _REMEMBERED)
    return found


def partner_program(request: HttpRequest) -> bool:
    """Programs of partners, by a bearer token in force."""
    return client_of(request) is not None


def _client(header: str) -> PartnerClient | None:
    said = _BEARER.fullmatch(header)
    if said is None:
        return None
    digest = hashlib.sha256(said[1].encode()).hexdigest()
    token = next(iter(_tokens(digest, clock.now())), None)
    return token.application if token is not None and token.allow_scopes(["read"]) else None


@compiled
def _tokens(digest: str, at: datetime) -> QuerySet[AccessToken]:
    """The token in force with this digest: a constraint lets no two have the same."""
    rows: QuerySet[AccessToken] = AccessToken.objects.select_related("application__organization")
    in_force: QuerySet[AccessToken] = rows.filter(token_checksum=digest, expires__gt=at, application__ended_at=None)
    return in_force


class BearerAuthentication(BaseAuthentication):
    """Gives views the client as `request.auth`; nobody signs in, so there is no user."""

    def authenticate(self, request: Request) -> tuple[None, PartnerClient] | None:
        client = client_of(request._request)  # noqa: SLF001 - the request that DRF wraps
        return None if client is None else (None, client)

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        return 'Bearer realm="api"'
