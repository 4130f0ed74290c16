"""The stored answer is the answer: after any life, in any order of acts, nothing stored differs from the facts."""

import os
import random
import time

import pytest
from django.db import transaction

from assessments.integrity import problems as problems_of_mastery
from credentials.integrity import problems as problems_of_papers
from programs.integrity import problems
from tests.conftest import LONG
from tests.programs.walks import Walk, World, make_world

WALKS = int(os.environ.get("CAIRN_WALKS") or (2_000 if LONG else 4))
STEPS = 14


class _UndoneError(Exception):
    """Ends a walk: nothing of it stays."""


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def faults_of(world: World, seed: int, *, steps: int = STEPS) -> tuple[list[str], list[str]]:
    """Walk, let the jobs run, and check everything; return the faults and the steps. Nothing of the walk stays."""
    walk = Walk(world, seed)
    found: list[str] = []
    try:
        with transaction.atomic():
            walk.take(steps)
            walk.rest()
            found += [*problems(at=walk.at), *problems_of_mastery(at=walk.at), *problems_of_papers(at=walk.at)]
            raise _UndoneError  # noqa: TRY301 - leaving is the point
    except _UndoneError:
        return found, walk.steps


def test_the_stored_answer_is_the_answer(world: World) -> None:
    # The same few in each usual run; the long one draws others each time.
    drawn = random.Random(time.time_ns() if LONG else WALKS).sample(range(10**9), WALKS)  # noqa: S311 - drawn lives

    wrong = {seed: found for seed in drawn if (found := faults_of(world, seed))[0]}

    assert wrong == {}
