"""A registrar and an inspector at a desk made for tests."""

import pytest
from django.test import Client

from accounts.models import Organization, Role
from core.desk import sidebar as navigation
from tests.recipes import institution, make_staff, signed_in_client


@pytest.fixture(autouse=True)
def _no_tasks_of_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    """The product's sidebar leads to pages that the desk made for tests does not have."""
    monkeypatch.setattr(navigation, "_entries", {})


@pytest.fixture
def college(db: None) -> Organization:
    made: Organization = institution.make()
    return made


@pytest.fixture
def registrar(db: None) -> Client:
    return signed_in_client(make_staff(Role.REGISTRAR, display_name="Ines Okafor"))


@pytest.fixture
def inspector(db: None) -> Client:
    return signed_in_client(make_staff(Role.INSPECTOR, display_name="Ada Reader"))
