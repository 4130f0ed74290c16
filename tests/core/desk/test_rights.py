"""Nobody may anything on the desk unless a predicate says so, and nothing is ever deleted."""

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import Organization
from core.desk import DeskAdmin
from core.desk.rights import nobody
from tests.core.desk.pages import LearnerPage, site
from tests.recipes import learner, make_user, signed_in_client

pytestmark = [pytest.mark.urls("tests.core.desk.urls"), pytest.mark.django_db]
NEW = {"name": "School of Care", "kind": "ours", "time_zone": "Europe/Vienna", "languages": "en", "why": "New."}


@pytest.mark.parametrize("page", ["", "add/", "{}/change/", "{}/history/"])
def test_a_page_without_predicates_opens_to_nobody(registrar: Client, page: str) -> None:
    row = learner.make()

    answer = registrar.get(f"/admin/accounts/learner/{page.format(row.pk)}")

    assert answer.status_code in {403, 404}


def test_every_predicate_says_no_until_it_is_given() -> None:
    assert (DeskAdmin.may_view, DeskAdmin.may_add, DeskAdmin.may_change) == (nobody, nobody, nobody)
    assert LearnerPage.may_view(object()) is False


def test_a_predicate_that_would_be_bound_as_a_method_is_refused() -> None:
    with pytest.raises(TypeError, match=r"may_view must be given as staticmethod"):
        type("Page", (DeskAdmin,), {"may_view": lambda _user: True})


def test_who_may_only_read_gets_facts_and_no_form(inspector: Client, college: Organization) -> None:
    page = inspector.get(f"/admin/accounts/organization/{college.pk}/change/").content.decode()

    assert "Lakeside College" in page
    assert 'name="name"' not in page
    assert 'name="why"' not in page


def test_who_may_only_read_cannot_write_by_post(inspector: Client, college: Organization) -> None:
    answer = inspector.post(f"/admin/accounts/organization/{college.pk}/change/", {**NEW, "name": "Changed"})

    college.refresh_from_db()
    assert (answer.status_code, college.name) == (403, "Lakeside College")


def test_who_may_not_add_cannot_add_by_post(inspector: Client) -> None:
    answer = inspector.post("/admin/accounts/organization/add/", NEW)

    assert (answer.status_code, Organization.objects.count()) == (403, 0)


def test_nothing_is_deleted_by_any_route(registrar: Client, college: Organization) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("admin:accounts_organization_delete", args=[college.pk])
    gone = registrar.post(f"/admin/accounts/organization/{college.pk}/delete/", {"post": "yes"})
    sweep = {"action": "delete_selected", "_selected_action": [college.pk], "post": "yes"}
    swept = registrar.post("/admin/accounts/organization/", sweep)

    assert (gone.status_code, swept.status_code, Organization.objects.count()) == (404, 200, 1)


def test_a_package_cannot_put_its_own_pages_on_the_desk() -> None:
    from django.contrib.admin import ModelAdmin
    from django.contrib.sessions.models import Session

    site.register(Session, ModelAdmin)
    site.register(Session)
    site.unregister(Session)

    assert not site.is_registered(Session)


@pytest.mark.parametrize("path", ["autocomplete/", "jsi18n/", "password_change/", "r/1/1/", "accounts/"])
def test_pages_of_the_admin_that_the_desk_does_not_use_are_closed(registrar: Client, path: str) -> None:
    assert registrar.get(f"/admin/{path}").status_code == 404


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    answer = client.get("/admin/login/?next=/admin/jobs/job/")

    assert answer.headers["Location"] == "/accounts/login/?next=/admin/jobs/job/"


def test_people_without_a_role_are_told_so(db: None) -> None:
    client = signed_in_client(make_user())

    answer = client.get("/admin/login/")

    assert answer.status_code == 403
    assert "This page is not open to you" in answer.content.decode()


@pytest.mark.parametrize(
    ("wanted", "found"), [("/admin/jobs/job/", "/admin/jobs/job/"), ("https://evil.example/", "/admin/")]
)
def test_staff_go_straight_on_but_never_elsewhere(registrar: Client, wanted: str, found: str) -> None:
    assert registrar.get("/admin/login/", {"next": wanted}).headers["Location"] == found


def test_signing_out_is_the_accounts_business(registrar: Client) -> None:
    assert registrar.get("/admin/logout/").headers["Location"] == "/accounts/logout/"


def test_a_page_may_narrow_the_rows_that_a_person_sees(
    monkeypatch: pytest.MonkeyPatch, registrar: Client, college: Organization
) -> None:
    monkeypatch.setattr("tests.core.desk.pages.OrganizationPage.rows_for", lambda _self, _user, rows: rows.none())

    assert registrar.get(f"/admin/accounts/organization/{college.pk}/history/").status_code == 404
    assert registrar.get(f"/admin/accounts/organization/{college.pk}/change/").status_code == 404
    assert "Lakeside College" not in registrar.get("/admin/accounts/organization/").content.decode()
