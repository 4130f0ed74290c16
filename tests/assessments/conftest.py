"""People and competencies that the tests of the ledger stand on."""

import pytest

from accounts.actions.learners import create_learner
from accounts.models import Learner, Organization, Role, User
from competencies.models import Competency, Framework, ProficiencyScale
from tests.assessments.places import MONDAY, new_competency, new_framework, new_scale
from tests.recipes import institution, make_staff


@pytest.fixture
def school(db: None) -> Organization:
    organization: Organization = institution.make()
    return organization


@pytest.fixture
def assessor(school: Organization) -> User:
    return make_staff(Role.ASSESSOR)


@pytest.fixture
def other_assessor(school: Organization) -> User:
    return make_staff(Role.ASSESSOR)


@pytest.fixture
def registrar(school: Organization) -> User:
    return make_staff(Role.REGISTRAR)


@pytest.fixture
def ada(registrar: User) -> Learner:
    return create_learner("Ada Lovelace", by=registrar, at=MONDAY)


@pytest.fixture
def grace(registrar: User) -> Learner:
    return create_learner("Grace Hopper", by=registrar, at=MONDAY)


@pytest.fixture
def craft(db: None) -> ProficiencyScale:
    return new_scale()


@pytest.fixture
def baking(db: None) -> Framework:
    return new_framework()


@pytest.fixture
def knead(baking: Framework, craft: ProficiencyScale) -> Competency:
    return new_competency(baking, "knead", craft)


@pytest.fixture
def bake(baking: Framework, craft: ProficiencyScale) -> Competency:
    return new_competency(baking, "bake", craft)
