"""A school that signs, and a learner with an award, that the tests of credentials stand on."""

import pytest

from accounts.actions.learners import create_learner
from accounts.models import Learner, Organization, Role, User
from credentials.issuing.actions.issuers import save_issuer
from credentials.issuing.actions.keys import make_first_key
from credentials.models import Issuer
from programs.models import AchievementVersion, Award
from tests.assessments.places import MONDAY
from tests.credentials.awarding import achievement_of, granted
from tests.recipes import institution, make_staff, make_user


@pytest.fixture
def school(db: None) -> Organization:
    organization: Organization = institution.make(time_zone="Australia/Sydney")
    return organization


@pytest.fixture
def registrar(school: Organization) -> User:
    return make_staff(Role.REGISTRAR)


@pytest.fixture
def colleague(school: Organization) -> User:
    return make_staff(Role.REGISTRAR)


@pytest.fixture
def issuer(school: Organization) -> Issuer:
    """The school as it signs, with its first key."""
    made = save_issuer(None, organization=school, slug="lakeside", name="Lakeside College", by=None, at=MONDAY)
    make_first_key(made, by=None, at=MONDAY)
    made.refresh_from_db()
    return made


@pytest.fixture
def ada(registrar: User) -> Learner:
    return create_learner("Ada Byron", by=registrar, at=MONDAY, user=make_user())


@pytest.fixture
def bread(school: Organization) -> AchievementVersion:
    return achievement_of(school)


@pytest.fixture
def award(ada: Learner, bread: AchievementVersion) -> Award:
    return granted(ada, bread)
