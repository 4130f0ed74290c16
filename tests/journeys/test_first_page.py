"""The pages of the interface itself, looked at by axe in light and dark, at 1280 and 390 pixels, and right to left."""

from collections.abc import Callable

import pytest

from accounts.models import Role
from tests.journeys.conftest import Visitor, axe_violations
from tests.journeys.looks import faults_of, look_at
from tests.recipes import learner, make_staff, make_user, signed_in_client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_first_page_has_no_fault_in_any_light(visit: Callable[..., Visitor], language: str) -> None:
    assert look_at(visit, "/", name=f"home-{language}", language=language) == []


def test_the_first_page_of_staff_has_no_fault(visit: Callable[..., Visitor]) -> None:
    client = signed_in_client(make_staff(Role.REGISTRAR, display_name="Ines Okafor"))

    assert look_at(visit, "/", name="home-registrar", session=client.session.session_key or "") == []


def test_the_first_page_of_a_learner_has_no_fault(visit: Callable[..., Visitor]) -> None:
    user = make_user(display_name="Amara Okoye")
    learner.make(user=user)
    client = signed_in_client(user)

    assert look_at(visit, "/", name="home-learner", session=client.session.session_key or "") == []


@pytest.mark.parametrize(("name", "path"), [("not-there", "/nowhere"), ("not-open", "/admin/")])
def test_what_went_wrong_is_said_without_fault(visit: Callable[..., Visitor], name: str, path: str) -> None:
    session = signed_in_client(make_user(display_name="Amara Okoye")).session.session_key or ""
    visitor = visit(width="phone", dark=True, session=session)
    page = visitor.context.new_page()  # not visitor.open: the console complains of the status, as it should

    page.goto(visitor.address + path)

    assert faults_of(page, f"{name}-phone-dark") == []


FAINT = """() => {
    const words = Object.assign(document.createElement("p"), { textContent: "hardly to be read" });
    Object.assign(words.style, { color: "#888", backgroundColor: "Canvas" });
    document.querySelector("main").append(words);
}"""


def test_what_is_hardly_to_be_read_in_one_light_only_is_found(visit: Callable[..., Visitor]) -> None:
    page = visit().open("/")
    page.evaluate(FAINT)

    page.emulate_media(color_scheme="dark")
    dark = axe_violations(page, colours_only=True)
    page.emulate_media(color_scheme="light")
    light = axe_violations(page, colours_only=True)

    assert dark == []
    assert [violation.split()[0] for violation in light] == ["color-contrast"]
