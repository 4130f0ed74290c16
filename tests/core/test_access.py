"""Every view names its rule; one that does not is refused to everybody."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, include, path
from django.views import View
from rest_framework.views import APIView

from accounts.models import User
from core.access import AccessMiddleware, access, anyone, desk_user, granted, rule_of, signed_in
from tests.recipes import account


def knock(view: object, user: object) -> object:
    request = RequestFactory().get("/somewhere/")
    request.user = user  # type: ignore[assignment]  # what the authentication middleware does
    return AccessMiddleware(lambda _request: HttpResponse()).process_view(request, view, (), {})  # type: ignore[arg-type]  # any view


def plain(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def test_a_view_without_a_rule_is_refused_to_everybody() -> None:
    with pytest.raises(PermissionDenied, match="declares no access rule"):
        knock(plain, AnonymousUser())


def test_an_open_view_lets_strangers_in() -> None:
    assert knock(access(anyone)(lambda _request: HttpResponse()), AnonymousUser()) is None


def test_a_stranger_is_sent_to_sign_in_and_back() -> None:
    answer = knock(access(signed_in)(lambda _request: HttpResponse()), AnonymousUser())

    assert isinstance(answer, HttpResponse)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?next=/somewhere/")


@pytest.mark.django_db
def test_somebody_without_the_right_is_refused() -> None:
    user: User = account.make()

    with pytest.raises(PermissionDenied):
        knock(access(desk_user)(lambda _request: HttpResponse()), user)


def test_a_program_without_credentials_gets_a_problem_and_no_redirect() -> None:
    @access(signed_in)
    class Operation(APIView):
        pass

    answer = knock(Operation.as_view(), AnonymousUser())

    assert isinstance(answer, HttpResponse)
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")


def test_a_class_carries_its_rule_to_its_view() -> None:
    @access(signed_in)
    class Page(View):
        pass

    assert rule_of(Page.as_view()) is signed_in


def test_the_routes_of_others_get_a_rule_each_without_touching_their_views() -> None:
    routes: list[URLPattern | URLResolver] = [
        path("a", plain, name="a"),
        path("b", include([path("c", plain, name="c")])),
    ]

    given = granted(routes, signed_in, except_for={"c": anyone})

    pattern, resolver = given
    assert isinstance(pattern, URLPattern)
    assert isinstance(resolver, URLResolver)
    assert pattern.callback is not None
    assert rule_of(pattern.callback) is signed_in
    assert [inner.callback and rule_of(inner.callback) for inner in resolver.url_patterns] == [anyone]
    assert rule_of(plain) is None


def test_a_page_that_asks_by_itself_is_not_given_a_form_to_sign_in() -> None:
    request = RequestFactory().get("/somewhere/", headers={"HX-Request": "true"})
    request.user = AnonymousUser()

    answer = AccessMiddleware(lambda _request: HttpResponse()).process_view(request, access(signed_in)(plain), (), {})

    assert isinstance(answer, HttpResponse)
    assert answer.status_code == 401
