"""POST /oauth/token and /oauth/revoke: client credentials in, a token for an hour out (RFC 6749, RFC 7009)."""

import base64
import binascii
from http import HTTPStatus
from urllib.parse import unquote_plus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from oauth2_provider.views import RevokeTokenView, TokenView

from core import clock
from core.access import access, anyone
from core.rates import Rate, wait_of
from core.rest.problems import MEDIA_TYPE, problem

RATE = Rate("token", settings.API_TOKENS_PER_MINUTE)

_issue_token = TokenView.as_view()
_revoke_token = RevokeTokenView.as_view()


# No CSRF token: programs call this without cookies, and the client secret proves the caller.
@access(anyone)
@csrf_exempt
@sensitive_post_parameters("client_secret")
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """Issue an access token to a client with the right secret."""
    # The limit counts per client id and before the secret is checked: guessing is slowed down from any address.
    seconds = wait_of(RATE, _client_id(request), at=clock.now())
    return _throttled(seconds) if seconds else _issue_token(request)


@access(anyone)
@csrf_exempt
@sensitive_post_parameters("client_secret", "token")
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """Revoke an access token."""
    seconds = wait_of(RATE, _client_id(request), at=clock.now())
    return _throttled(seconds) if seconds else _revoke_token(request)


def _throttled(seconds: int) -> HttpResponse:
    detail = f"Too many tries with this client id. Try again in {seconds} seconds; a token lasts an hour."
    body = problem(HTTPStatus.TOO_MANY_REQUESTS, code="throttled", detail=detail)
    return JsonResponse(body, status=body["status"], content_type=MEDIA_TYPE, headers={"Retry-After": str(seconds)})


def _client_id(request: HttpRequest) -> str:
    """The client id that the request claims, in the Authorization header or in the form; empty if malformed."""
    scheme, _separator, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            return unquote_plus(base64.b64decode(encoded, validate=True).decode().partition(":")[0])
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return str(request.POST.get("client_id", ""))
