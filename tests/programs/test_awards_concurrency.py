"""Many at once: nobody holds an award twice, nobody is told of a deadlock (invariant 3)."""

from collections.abc import Callable
from datetime import date

import pytest

from accounts.actions.learners import create_learner
from accounts.models import Learner, Organization, Role, User
from assessments.evidence.actions import record_evidence
from competencies.models import Competency
from core import clock
from portal.actions.linking import link_persons
from programs.awards.actions.awards import grant_award, propose_award
from programs.enrollment.actions.enrolling import enroll
from programs.integrity import problems
from programs.models import Attribution, Award, Enrollment
from tests.assessments.places import MONDAY, finding, new_competency, new_framework, new_scale, show
from tests.assessments.test_ledger_concurrency import together
from tests.programs.places import Ladder, ladder_of
from tests.recipes import institution, make_staff

pytestmark = pytest.mark.django_db(transaction=True)

START = date(2026, 3, 2)
THREADS = 16
Four = tuple[Competency, ...]


@pytest.fixture
def school(db: None) -> Organization:
    organization: Organization = institution.make()
    return organization


@pytest.fixture
def registrar(school: Organization) -> User:
    return make_staff(Role.REGISTRAR)


@pytest.fixture
def four(school: Organization) -> Four:
    scale, framework = new_scale(), new_framework()
    return tuple(new_competency(framework, code, scale) for code in ("knead", "bake", "shape", "sell"))


@pytest.fixture
def ladder(school: Organization, four: Four) -> Ladder:
    return ladder_of(school, *four)


def almost_done(name: str, ladder: Ladder, four: Four, registrar: User) -> Learner:
    """Somebody in the diploma who lacks baking alone."""
    learner = create_learner(name, by=registrar, at=MONDAY)
    enroll(learner, version=ladder.diploma, on=START, by=registrar, at=MONDAY)
    for competency in (four[0], *four[2:]):
        show(learner, competency, 3, by=registrar, at=MONDAY)
    return learner


def locks_held() -> list[tuple[int, str, str]]:
    return sorted(Award.objects.values_list("learner", "achievement__title", "state"))


def test_the_last_piece_from_many_at_once_is_awarded_once(ladder: Ladder, four: Four, registrar: User) -> None:
    ada = almost_done("Ada Lovelace", ladder, four, registrar)
    items = [finding(four[1], 3) for _ in range(THREADS)]

    def bake(place: int) -> Callable[[], object]:
        return lambda: record_evidence(ada, items=[items[place]], by=registrar)

    assert together(*[bake(place) for place in range(THREADS)]) == []

    assert locks_held() == [(ada.pk, "Bread", "granted"), (ada.pk, "Craft", "granted"), (ada.pk, "Master", "proposed")]
    assert list(problems(at=clock.now())) == []


def test_registrars_who_grant_the_same_at_once_grant_it_once(ladder: Ladder, four: Four, registrar: User) -> None:
    ada = almost_done("Ada Lovelace", ladder, four, registrar)
    show(ada, four[1], 3, by=registrar, at=MONDAY)
    proposed = Award.objects.proposed().get()
    studies = Enrollment.objects.get()

    raised = together(
        *[lambda: grant_award(proposed, by=registrar, awarded_on=START) for _ in range(THREADS // 2)],
        *[lambda: propose_award(studies, by=registrar, words="Again.") for _ in range(THREADS // 2)],
    )

    assert {type(error).__name__ for error in raised} == {"NotProposedError", "AlreadyAwardedError"}
    assert (len(raised), Award.objects.standing().count()) == (THREADS - 1, 3)
    assert list(problems(at=clock.now())) == []


def test_two_records_that_are_linked_while_each_is_awarded(ladder: Ladder, four: Four, registrar: User) -> None:
    ada = almost_done("Ada Lovelace", ladder, four, registrar)
    twin = almost_done("A. Lovelace", ladder, four, registrar)

    raised = together(
        lambda: show(ada, four[1], 3, by=registrar, at=clock.now()),
        lambda: show(twin, four[1], 3, by=registrar, at=clock.now()),
        lambda: link_persons(ada, other=twin, reason="One person", by=registrar, at=clock.now()),
    )

    assert raised == []
    assert list(problems(at=clock.now())) == []


def all_at_once(people: int, ladder: Ladder, four: Four, registrar: User) -> None:
    """THREADS threads, each brings the last piece of every learner, in an order of its own, then grants."""
    learners = [almost_done(f"Learner {number}", ladder, four, registrar) for number in range(people)]

    def work(place: int) -> Callable[[], object]:
        turn = [learners[(place * 7 + step) % people] for step in range(people)]

        def run() -> None:
            for learner in turn:
                show(learner, four[1], 3, by=registrar, at=clock.now())

        return run

    assert together(*[work(place) for place in range(THREADS)]) == []

    rows = locks_held()
    assert rows == sorted(
        (learner.pk, title, state)
        for learner in learners
        for title, state in (("Bread", "granted"), ("Craft", "granted"), ("Master", "proposed"))
    )
    assert Attribution.objects.count() == 6 * people
    assert list(problems(at=clock.now())) == []


def test_sixteen_threads_award_the_same_few_people(ladder: Ladder, four: Four, registrar: User) -> None:
    all_at_once(3, ladder, four, registrar)


@pytest.mark.long
def test_sixteen_threads_award_two_hundred_people(ladder: Ladder, four: Four, registrar: User) -> None:
    all_at_once(200, ladder, four, registrar)
