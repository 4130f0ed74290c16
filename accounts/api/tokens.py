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

from config.base import clock
from config.base.access import access, anyone
from config.base.rates import Rate, wait_of
from config.base.rest.problems import MEDIA_TYPE, problem

RATE = Rate("token", settings.API_TOKENS_PER_MINUTE)

_give = TokenView.as_view()
_take_back = RevokeTokenView.as_view()


@access(anyone)
@csrf_exempt
@sensitive_post_parameters("client_secret")
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """A token for the client that proves its secret; how often is counted per client id, before the secret is tried."""
    seconds = wait_of(RATE, _client_id(request), at=clock.now())
    return _too_often(seconds) if seconds else _give(request)


@access(anyone)
@csrf_exempt
@sensitive_post_parameters("client_secret", "token")
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """A token that opens nothing any more."""
    seconds = wait_of(RATE, _client_id(request), at=clock.now())
    return _too_often(seconds) if seconds else _take_back(request)


def _too_often(seconds: int) -> HttpResponse:
    words = f"Too many tries with this client id. Try again in {seconds} seconds; a token lasts an hour."
    body = problem(HTTPStatus.TOO_MANY_REQUESTS, code="throttled", detail=words)
    return JsonResponse(body, status=body["status"], content_type=MEDIA_TYPE, headers={"Retry-After": str(seconds)})


def _client_id(request: HttpRequest) -> str:
    """The client id that is claimed, by header or form."""
    scheme, _blank, said = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            return unquote_plus(base64.b64decode(said, validate=True).decode().partition(":")[0])
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return str(request.POST.get("client_id", ""))
