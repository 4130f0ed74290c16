"""The registrar's pages about people, looked at by axe in light and dark, at 1280 and 390 pixels."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from accounts.actions.identifiers import add_identifier
from accounts.actions.learners import create_learner
from accounts.actions.links import link_records
from accounts.actions.names import add_name
from accounts.models import Learner, NameKind, Role, User
from tests.journeys.conftest import Visitor
from tests.journeys.looks import look_at
from tests.recipes import institution, make_staff, signed_in_client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def registrar(transactional_db: None) -> User:
    return make_staff(Role.REGISTRAR, display_name="Ines Okafor")


@pytest.fixture
def desk(registrar: User) -> Client:
    return signed_in_client(registrar)


@pytest.fixture
def record(registrar: User) -> Learner:
    """A record with two names, an identifier and another record of the same person, among a few others."""
    institution.make()
    first = create_learner("Amélie Nguyễn", sort_as="Nguyễn, Amélie", birth_date=date(1999, 4, 2), by=registrar, at=AT)
    add_name(
        first, kind=NameKind.LEGAL, text="Amélie Dubois", starts_on=date(2025, 6, 1), by=registrar, reason="Married."
    )
    add_identifier(first, scheme="national student number", value="FR-2931", by=registrar, at=AT, prints=True)
    link_records(
        first,
        other=create_learner("Amelie Nguyen", by=registrar, at=AT),
        reason="Same birth date and passport.",
        by=registrar,
        at=AT,
    )
    for name in ("محمد علي", "王小明", "Tomás Ó Súilleabháin"):
        create_learner(name, by=registrar, at=AT)
    return first


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("learners", "/admin/accounts/learner/"),
        ("learner", "/admin/accounts/learner/{record}/change/"),
        pytest.param("learner-new", "/admin/accounts/learner/add/", marks=pytest.mark.long),
        ("learner-new-name", "/admin/accounts/learner/{record}/do/new_name/"),
        pytest.param("learner-part", "/admin/accounts/learner/{record}/do/part/", marks=pytest.mark.long),
        pytest.param("learner-history", "/admin/accounts/learner/{record}/history/", marks=pytest.mark.long),
        pytest.param("names", "/admin/accounts/learnername/", marks=pytest.mark.long),
        ("roles", "/admin/accounts/roleassignment/"),
        ("role-new", "/admin/accounts/roleassignment/add/"),
        pytest.param("accounts", "/admin/accounts/user/", marks=pytest.mark.long),
    ],
)
def test_a_page_about_people_has_no_fault_in_any_light(
    visit: Callable[..., Visitor], desk: Client, record: Learner, name: str, path: str
) -> None:
    session = desk.session.session_key or ""

    assert look_at(visit, path.format(record=record.pk), name=f"people-{name}", session=session) == []


def test_a_registrar_finds_a_learner_by_name_and_mends_it_and_no_address_tells(
    visit: Callable[..., Visitor], desk: Client, record: Learner
) -> None:
    page = visit(session=desk.session.session_key).open("/admin/accounts/learner/")
    page.get_by_role("searchbox").fill("dub am")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=record.learner_number).click()
    page.get_by_role("link", name="Amélie Dubois").click()
    page.get_by_role("link", name="Correct the spelling").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Correct the spelling"
    assert "dub" not in page.url
