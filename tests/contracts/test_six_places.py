"""One figure, one word: no page, document or answer contradicts another (invariants 21 and 22)."""

import random
import time
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from accounts.models import Learner, Role, User
from assessments.models import Evidence
from core import clock
from portal.actions.demo import content, seed_catalog, seed_framework, seed_issuer, seed_learner, seed_staff
from programs.models import Award
from tests.conftest import LONG
from tests.contracts.six_places import Places
from tests.credentials.awarding import work_off
from tests.credentials.sharing_places import Api, new_partner, new_program
from tests.programs.walks import Walk, World, make_world
from tests.recipes import make_staff, make_user, signed_in_client

pytestmark = pytest.mark.django_db

# In a usual run: complete; with study recognised; in the middle of a ladder of awards; lapsed; admitted for later.
SOME = ("liam.osullivan", "thabo.nkosi", "amara.okoye", "sofia.rossi", "nia.pryce")
LIVES, STEPS = (200, 30) if LONG else (2, 30)


def test_the_people_of_the_demo_read_the_same_in_all_six_places(settings: Settings) -> None:
    settings.CAIRN_DEMO = True
    days = seed_staff(at=clock.now())
    seed_framework(at=clock.now())
    seed_issuer(at=clock.now())
    registrar = User.objects.filter(role_assignments__role=Role.REGISTRAR).earliest("pk")
    catalog = seed_catalog(registrar, days=days)
    desk, acme = signed_in_client(registrar), new_partner()
    api = Api(new_program(acme))
    people = [person for person in content.learners() if LONG or person.handle in SOME]

    wrong = {}
    for person in people:
        seed_learner(person, catalog=catalog, days=days)
        work_off(most=1_000)
        learner = Learner.objects.get(user__email__startswith=f"{person.handle}@")
        assert learner.user is not None
        own = signed_in_client(learner.user)
        found = list(Places(learner, clock.now(), desk, own, papers=True, api=api, partner=acme).differences())
        if found:
            wrong[person.handle] = found

    assert wrong == {}
    assert Award.objects.standing().exists()
    assert Evidence.objects.exists()


class _UndoneError(Exception):
    """Ends a life: nothing of it stays."""


@pytest.fixture
def world() -> World:
    return make_world()


def test_generated_lives_read_the_same_in_all_places(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = random.Random(time.time_ns() if LONG else LIVES).sample(range(10**9), LIVES)  # noqa: S311 - drawn lives
    desk, accounts = signed_in_client(make_staff(Role.REGISTRAR)), (make_user(), make_user(), make_user())

    wrong = {}
    for seed in drawn:
        try:
            with transaction.atomic():
                walk = Walk(world, seed)
                walk.take(STEPS)
                walk.rest()
                monkeypatch.setattr(clock, "now", lambda at=walk.at: at)
                found = list(contradictions(walk, desk, accounts))
                if found:
                    wrong[seed] = found, walk.steps
                raise _UndoneError  # noqa: TRY301 - leaving is the point
        except _UndoneError:
            continue

    assert wrong == {}


def contradictions(walk: Walk, desk: Client, accounts: tuple[User, ...]) -> Iterator[str]:
    """Yield what one place says of the records of a life that another place does not."""
    for learner, account in zip(walk.people, accounts, strict=True):
        Learner.objects.filter(pk=learner.pk).update(user=account)
        row = Learner.objects.get(pk=learner.pk)
        yield from Places(row, walk.at, desk, signed_in_client(account)).differences()
