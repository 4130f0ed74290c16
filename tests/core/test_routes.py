"""Addresses are kept for as long as all that they depend on stays the same."""

import pytest
from django.test import override_settings
from django.urls import NoReverseMatch, reverse, set_script_prefix

from core.routes import address_of


def test_an_address_is_that_of_the_route() -> None:
    assert [address_of(route) for route in ("home", "admin:index", "home")] == [
        reverse("home"),
        reverse("admin:index"),
        "/",
    ]


def test_an_address_follows_the_prefix_of_the_server() -> None:
    assert address_of("home") == "/"

    set_script_prefix("/cairn/")
    try:
        assert address_of("home") == "/cairn/"
    finally:
        set_script_prefix("/")


def test_another_url_configuration_has_addresses_of_its_own() -> None:
    assert address_of("home") == "/"

    with override_settings(ROOT_URLCONF="competencies.pages.urls"), pytest.raises(NoReverseMatch):
        address_of("home")
