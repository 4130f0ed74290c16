"""Awards react to corrected judgements: a reason is asked for, and what was granted on more is listed for review."""

import pytest

from accounts.models import Learner, Organization, User
from assessments.errors import ReasonNeededError
from assessments.models import CorrectionReason, Judgement, Mastery, MasteryState
from assessments.work.actions.correcting import correct_judgement
from competencies.models import Competency
from programs.enrollment.actions.enrolling import enroll
from programs.integrity import problems
from programs.models import Award, AwardConcern, ConcernKind, Granting, Progress
from tests.assessments.places import MONDAY, TUESDAY
from tests.assessments.work import entries, hand_in, judge, new_assessment
from tests.programs.places import ask_for, awarding, draft_of, root_of

pytestmark = pytest.mark.django_db
ADVANCED = 4  # what the program asks for; mastery itself begins one level below


@pytest.fixture
def judged(school: Organization, ada: Learner, knead: Competency, assessor: User, registrar: User) -> Judgement:
    """A judgement by which Ada was awarded a program that asks for more than mastery."""
    task = new_assessment(knead, organization=school)
    draft = draft_of(school, "Bread")
    ask_for(root_of(draft), knead, rank=ADVANCED)
    enroll(ada, version=awarding(draft, Granting.AUTOMATIC), on=MONDAY.date(), by=registrar, at=MONDAY)
    return judge(hand_in(ada, task), ADVANCED, by=assessor)


def lower(judgement: Judgement, rank: int, **more: CorrectionReason) -> Judgement:
    wanted = entries(judgement.submission, rank)
    return correct_judgement(judgement, by=judgement.assessor, entries=wanted, comments={}, at=TUESDAY, **more)


def test_what_an_award_rests_on_is_corrected_with_a_reason_only(judged: Judgement) -> None:
    assert Award.objects.standing().count() == 1

    with pytest.raises(ReasonNeededError):
        lower(judged, 3)

    # Words alone change no evidence, so they need none.
    correct_judgement(
        judged, by=judged.assessor, entries=entries(judged.submission, ADVANCED), comments={"": "Well."}, at=TUESDAY
    )


def test_an_award_is_listed_when_the_level_falls_although_mastery_stays(ada: Learner, judged: Judgement) -> None:
    award = Award.objects.standing().get()

    lower(judged, 3, reason=CorrectionReason.MODERATION)

    concern = AwardConcern.objects.get()
    assert Mastery.objects.get(learner=ada).state == MasteryState.MASTERED
    assert (concern.award, concern.kind, concern.settled_at) == (award, ConcernKind.EVIDENCE_CORRECTED, None)
    assert Award.objects.standing().get() == award
    assert list(problems()) == []


def test_an_award_of_a_program_is_listed_once_when_mastery_is_lost(judged: Judgement) -> None:
    again = lower(judged, 2, reason=CorrectionReason.SLIP)
    lower(again, 1, reason=CorrectionReason.SLIP)

    assert AwardConcern.objects.count() == 1


def test_a_correction_upwards_awards_and_concerns_nobody(
    school: Organization, ada: Learner, knead: Competency, assessor: User, registrar: User
) -> None:
    task = new_assessment(knead, organization=school)
    draft = draft_of(school, "Bread")
    ask_for(root_of(draft), knead, rank=ADVANCED)
    enroll(ada, version=awarding(draft, Granting.AUTOMATIC), on=MONDAY.date(), by=registrar, at=MONDAY)
    first = judge(hand_in(ada, task), 3, by=assessor)
    assert not Award.objects.exists()

    lower(first, ADVANCED)

    assert Award.objects.standing().count() == 1
    assert not AwardConcern.objects.exists()
    assert Progress.objects.get().status == "met"
    assert list(problems()) == []
