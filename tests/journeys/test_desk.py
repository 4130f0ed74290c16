"""Every kind of page of the desk, looked at by axe in light and dark, at 1280 and 390 pixels."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.models import Organization, OrganizationKind, Role
from core.desk import sidebar as navigation
from core.history import because
from core.jobs.models import Job
from tests.journeys.conftest import Visitor, axe_violations
from tests.journeys.looks import look_at
from tests.recipes import institution, make_staff, signed_in_client

pytestmark = [pytest.mark.urls("tests.core.desk.urls"), pytest.mark.browser, pytest.mark.django_db(transaction=True)]
YESTERDAY = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_tasks_of_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    """The product's sidebar leads to pages that the desk made for tests does not have."""
    monkeypatch.setattr(navigation, "_entries", {})


@pytest.fixture
def registrar(transactional_db: None) -> Client:
    return signed_in_client(make_staff(Role.REGISTRAR, display_name="Ines Okafor"))


@pytest.fixture
def places(transactional_db: None) -> Organization:
    college: Organization = institution.make(address="1 Shore Road\nLakeside")
    for number, name in enumerate(["School of Care", "School of Data", "School of Wood", "Evening school"]):
        institution.make(name=name, parent=college, languages=["en", "de"][: number % 2 + 1])
    with because("The college has moved to the other side of the lake."):
        college.address = "99 Harbour Street\nLakeside"
        college.save()
    institution.make(name="Harbour Retail", kind=OrganizationKind.PARTNER)
    Job.objects.create(
        name="competencies.import_package", lane="bulk", mode="leased", args=[7], state="dead", attempts=3,
        max_attempts=3, last_error="PackageRefusedError: line 4 of the file", finished_at=YESTERDAY,
    )  # fmt: skip
    return college


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("desk-start", "/admin/"),
        ("list", "/admin/accounts/organization/"),
        ("list-filtered", "/admin/accounts/organization/?kind__exact=ours"),
        ("record-read", "/admin/jobs/job/{job}/change/"),
        ("form", "/admin/accounts/organization/{college}/change/"),
        ("form-new", "/admin/accounts/organization/add/"),
        ("history", "/admin/accounts/organization/{college}/history/"),
        ("verb", "/admin/jobs/job/{job}/do/retry/"),
        ("verb-danger", "/admin/jobs/job/{job}/do/dismiss/"),
    ],
)
def test_a_page_of_the_desk_has_no_fault_in_any_light(
    visit: Callable[..., Visitor], places: Organization, registrar: Client, name: str, path: str
) -> None:
    address = path.format(college=places.pk, job=Job.objects.get().pk)

    assert look_at(visit, address, name=name, session=registrar.session.session_key or "") == []


def test_on_a_phone_the_tasks_come_when_called_and_go_with_escape(
    visit: Callable[..., Visitor], places: Organization, registrar: Client
) -> None:
    page = visit(width="phone", session=registrar.session.session_key or "").open("/admin/accounts/organization/")
    tasks = page.get_by_role("navigation", name="Tasks")

    page.get_by_role("button", name="Tasks").click()
    called = (tasks.is_visible(), axe_violations(page))
    page.keyboard.press("Escape")

    assert called == (True, [])
    assert not tasks.is_visible()


def test_a_list_is_worked_through_by_keyboard_alone(
    visit: Callable[..., Visitor], places: Organization, registrar: Client
) -> None:
    page = visit(session=registrar.session.session_key or "").open("/admin/accounts/organization/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    first = page.evaluate("document.activeElement.id")
    page.get_by_label("Search this list").focus()
    page.keyboard.type("Wood")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="School of Wood").focus()
    page.keyboard.press("Enter")

    assert first == "main"
    assert page.get_by_role("heading", level=1).inner_text() == "School of Wood"
    assert "Wood" not in page.url
