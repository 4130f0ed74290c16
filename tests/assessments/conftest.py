"""People and competencies that the tests of the ledger stand on."""

import pytest
from django.test import Client

from accounts.actions.learners import create_learner
from accounts.models import Learner, Organization, Role, User
from assessments.models import Assessment, Submission
from competencies.models import Competency, Framework, ProficiencyScale
from tests.assessments.places import MONDAY, new_competency, new_framework, new_scale
from tests.assessments.work import hand_in, new_assessment
from tests.recipes import institution, make_staff, signed_in_client


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


@pytest.fixture
def loaf(school: Organization, knead: Competency, bake: Competency) -> Assessment:
    return new_assessment(knead, bake, organization=school)


@pytest.fixture
def handed_in(ada: Learner, loaf: Assessment) -> Submission:
    return hand_in(ada, loaf)


@pytest.fixture
def desk(assessor: User) -> Client:
    """The assessor, signed in."""
    return signed_in_client(assessor)
