"""The strict content policy holds on every page, the desk's too, and every page has its landmarks."""

import re

import pytest
from django.test import Client

from accounts.models import Organization

pytestmark = [pytest.mark.urls("tests.core.desk.urls"), pytest.mark.django_db]
PAGES = ["/", "/nowhere", "/admin/", "/admin/accounts/organization/", "/admin/accounts/organization/add/"]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_may_run_or_style_anything_inline(registrar: Client, path: str) -> None:
    policy = registrar.get(path).headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy


@pytest.mark.parametrize(
    "path", [*PAGES, "/admin/accounts/organization/{}/change/", "/admin/accounts/organization/{}/history/"]
)
def test_no_page_holds_anything_inline(registrar: Client, college: Organization, path: str) -> None:
    page = registrar.get(path.format(college.pk)).content.decode()

    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", page) == []


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_one_main_one_first_heading_and_a_way_past_the_header(registrar: Client, path: str) -> None:
    page = registrar.get(path).content.decode()

    assert (page.count("<main"), page.count("<h1")) == (1, 1)
    assert '<a class="skip-link" href="#main">' in page
