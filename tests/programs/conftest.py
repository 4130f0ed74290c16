"""People, competencies and programs that the tests of programs stand on."""

import pytest

from accounts.actions.learners import create_learner
from accounts.models import Learner, Organization, Role, User
from assessments.models import Assessment
from competencies.models import Competency, Framework, ProficiencyScale
from programs.models import ProgramVersion
from tests.assessments.places import MONDAY, new_competency, new_framework, new_scale
from tests.programs.places import Ladder, draft_of, ladder_of, open_assessment, published
from tests.recipes import institution, make_staff


@pytest.fixture
def school(db: None) -> Organization:
    organization: Organization = institution.make()
    return organization


@pytest.fixture
def assessor(school: Organization) -> User:
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
def practice(school: Organization, knead: Competency, bake: Competency) -> Assessment:
    """Where kneading and baking can be shown."""
    return open_assessment(school, knead, bake)


@pytest.fixture
def draft(school: Organization, practice: Assessment, knead: Competency, bake: Competency) -> ProgramVersion:
    return draft_of(school, "Bread", knead, bake)


@pytest.fixture
def bread(school: Organization, practice: Assessment, knead: Competency, bake: Competency) -> ProgramVersion:
    return published(school, "Bread", knead, bake)


@pytest.fixture
def four(baking: Framework, craft: ProficiencyScale, knead: Competency, bake: Competency) -> tuple[Competency, ...]:
    return knead, bake, new_competency(baking, "shape", craft), new_competency(baking, "sell", craft)


@pytest.fixture
def ladder(school: Organization, four: tuple[Competency, ...]) -> Ladder:
    """Bread in Craft in Master."""
    return ladder_of(school, *four)


@pytest.fixture
def second(school: Organization) -> User:
    """Another registrar."""
    return make_staff(Role.REGISTRAR)
