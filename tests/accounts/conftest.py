"""Fixtures for tests of accounts: people, organizations and dates."""

from datetime import UTC, datetime

import pytest

from accounts.actions.learners import create_learner
from accounts.models import Learner, Organization, Role, User
from tests.recipes import institution, make_staff, make_user

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 9, tzinfo=UTC)
FRIDAY = datetime(2026, 3, 6, 9, tzinfo=UTC)


@pytest.fixture
def registrar(db: None) -> User:
    return make_staff(Role.REGISTRAR)


@pytest.fixture
def person(db: None) -> User:
    return make_user()


@pytest.fixture
def school(db: None) -> Organization:
    organization: Organization = institution.make()
    return organization


@pytest.fixture
def ada(registrar: User) -> Learner:
    return create_learner("Ada Lovelace", by=registrar, at=MONDAY, sort_as="Lovelace, Ada")


@pytest.fixture
def grace(registrar: User) -> Learner:
    return create_learner("Grace Hopper", by=registrar, at=MONDAY)


@pytest.fixture
def alan(registrar: User) -> Learner:
    return create_learner("Alan Turing", by=registrar, at=MONDAY)
