"""Awards of people who turn out to be one: what the records hold counts together, and nothing is awarded twice."""

import pytest

from accounts.actions.learners import create_learner
from accounts.models import Learner, User
from portal.actions.linking import link_persons, part_persons
from programs.enrollment.actions.enrolling import enroll
from programs.integrity import problems
from programs.models import AwardConcern
from tests.assessments.places import FRIDAY, MONDAY, TUESDAY, show
from tests.programs.places import Ladder
from tests.programs.test_awards import START, Four, standing

pytestmark = pytest.mark.django_db


def test_linking_two_people_who_hold_the_same_is_looked_at(
    ada: Learner, four: Four, ladder: Ladder, registrar: User, assessor: User
) -> None:
    twin = create_learner("A. Lovelace", by=registrar, at=MONDAY)
    for learner in (ada, twin):
        enroll(learner, version=ladder.micro, on=START, by=registrar, at=MONDAY)
        for competency in four[:2]:
            show(learner, competency, 3, by=assessor, at=MONDAY)

    link = link_persons(ada, other=twin, reason="One person", by=registrar, at=TUESDAY)

    assert standing(ada) == ["Bread", "Bread"]
    concern = AwardConcern.objects.open().get()
    assert (concern.kind, concern.award.learner_id) == ("two_standing", twin.pk)
    assert list(problems(at=TUESDAY)) == []
    part_persons(link, reason="Two people", by=registrar, at=FRIDAY)
    assert list(AwardConcern.objects.values_list("outcome", flat=True)) == ["gone"]


def test_what_one_record_holds_counts_for_the_other_once_they_are_linked(
    ada: Learner, four: Four, ladder: Ladder, registrar: User, assessor: User
) -> None:
    twin = create_learner("A. Lovelace", by=registrar, at=MONDAY)
    enroll(ada, version=ladder.certificate, on=START, by=registrar, at=MONDAY)
    enroll(twin, version=ladder.micro, on=START, by=registrar, at=MONDAY)
    show(ada, four[2], 3, by=assessor, at=MONDAY)
    for competency in four[:2]:
        show(twin, competency, 3, by=assessor, at=MONDAY)

    link = link_persons(ada, other=twin, reason="One person", by=registrar, at=TUESDAY)

    assert standing(ada) == ["Bread", "Craft"]
    assert list(problems(at=TUESDAY)) == []
    part_persons(link, reason="Two people", by=registrar, at=FRIDAY)
    assert list(problems(at=FRIDAY)) == []


def test_linked_records_are_awarded_once(
    ada: Learner, four: Four, ladder: Ladder, registrar: User, assessor: User
) -> None:
    twin = create_learner("A. Lovelace", by=registrar, at=MONDAY)
    link_persons(ada, other=twin, reason="One person", by=registrar, at=MONDAY)
    enroll(ada, version=ladder.micro, on=START, by=registrar, at=MONDAY)
    show(ada, four[0], 3, by=assessor, at=MONDAY)
    show(twin, four[1], 3, by=assessor, at=MONDAY)

    assert standing(twin) == ["Bread"]
    assert list(problems(at=MONDAY)) == []
