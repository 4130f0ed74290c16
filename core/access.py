"""Who may enter which route: every view names its rule, and a view without one is refused (unknown = deny).

A rule is a named predicate of the request. It answers whether these people may knock at all; which rows they then
see is the view's own question, answered with 404 where a row is not theirs.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import URLPattern, URLResolver

from core.rest.problems import MEDIA_TYPE, problem

Rule = Callable[[HttpRequest], bool]
View = TypeVar("View", bound=Callable[..., Any])
UrlSet = Sequence[URLPattern | URLResolver]


def anyone(_request: HttpRequest) -> bool:
    """Open to the world."""
    return True


def signed_in(request: HttpRequest) -> bool:
    """Anybody with an account."""
    return request.user.is_authenticated


def desk_user(request: HttpRequest) -> bool:
    """Staff: people with at least one role in force."""
    return request.user.is_authenticated and request.user.is_staff


def access(rule: Rule) -> Callable[[View], View]:
    """Declare `rule` for a view function, the result of `as_view()`, or a view class."""

    def declare(view: View) -> View:
        view.access = rule  # type: ignore[attr-defined]  # a mark on a function, read back by rule_of
        return view

    return declare


def granted(patterns: UrlSet, rule: Rule, *, except_for: Mapping[str, Rule] | None = None) -> UrlSet:
    """Declare `rule` for every route of a URL set that is not ours; `except_for` maps route names to other rules."""
    named = except_for or {}
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            granted(pattern.url_patterns, rule, except_for=named)
        else:
            pattern.callback = access(named.get(pattern.name or "", rule))(_wrapped(pattern.callback))
    return patterns


def _wrapped(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A function around `view` that can carry a mark: bound methods cannot."""

    @functools.wraps(view)
    def call(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 - passed on
        return view(request, *args, **kwargs)

    return call


def rule_of(view: Callable[..., Any]) -> Rule | None:
    """The rule that a view declares, itself or through its class; None when it declares none."""
    for place in (view, getattr(view, "view_class", None), getattr(view, "cls", None)):
        rule = getattr(place, "access", None)
        if rule is not None:
            return rule  # type: ignore[no-any-return]  # getattr of our own mark
    return None


class AccessMiddleware:
    """Asks the view's rule before the view; sends strangers to sign in and refuses the others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        """None to go on, or the answer that refuses."""
        rule = rule_of(view)
        if rule is None:
            raise PermissionDenied(f"{view.__module__}.{view.__qualname__} declares no access rule")
        if rule(request):
            return None
        if hasattr(view, "cls"):  # a REST view: its callers are programs
            return _refused_program(request)
        if not request.user.is_authenticated and request.headers.get("HX-Request") == "true":
            # A page that asks or saves by itself: a form to sign in would be put into the middle of it.
            return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)  # not the query: a search for somebody holds their name
        raise PermissionDenied


def _refused_program(request: HttpRequest) -> JsonResponse:
    """401 for a stranger, 403 for somebody known, as problem+json."""
    if request.user.is_authenticated:
        body = problem(HTTPStatus.FORBIDDEN, code="permission_denied", detail="Your account has no right to this.")
    else:
        body = problem(HTTPStatus.UNAUTHORIZED, code="not_authenticated", detail="Send credentials; there were none.")
    answer = JsonResponse(body, status=body["status"], content_type=MEDIA_TYPE)
    if body["status"] == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = 'Bearer realm="api"'
    return answer
