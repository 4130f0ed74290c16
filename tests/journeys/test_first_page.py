"""The pages of the interface itself, looked at by axe in light and dark, at 1280 and 390 pixels, and right to left."""

from collections.abc import Callable

import pytest

from accounts.models import Role
from tests.journeys.conftest import Visitor
from tests.journeys.looks import look_at
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
