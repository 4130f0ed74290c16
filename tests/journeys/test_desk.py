"""Every kind of page of the desk, looked at by axe in light and dark, at 1280 and 390 pixels."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.models import Organization, OrganizationKind, Role
from config.base.desk import navigation
from config.base.history import because
from config.base.jobs.models import Job
from tests.journeys.conftest import Visitor
from tests.journeys.looks import look_at
from tests.recipes import institution, make_staff, signed_in_client

pytestmark = [pytest.mark.urls("tests.desk.urls"), pytest.mark.browser, pytest.mark.django_db(transaction=True)]
YESTERDAY = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_tasks_of_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    """The product's sidebar leads to pages that the desk made for tests does not have."""
    monkeypatch.setattr(navigation, "_tasks", {})


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
    assert look_at(visit, address, name=f"{name}-ar", session=registrar.session.session_key or "", language="ar") == []
