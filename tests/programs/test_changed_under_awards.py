"""What changed under an award that stands: each page tells both what was awarded and what is on record now."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from accounts.models import Learner, Organization, Role, User
from assessments.evidence.actions import void_evidence
from assessments.models import Evidence, VoidReason
from competencies.models import Competency
from core import clock
from portal.pages.desk import cards_for
from portal.queries.start_page import awards_to_grant, proposals_no_longer_met
from programs.audit.rules.figures import Way
from programs.awards.actions.awards import grant_award
from programs.awards.actions.concerns import settle_concern
from programs.curriculum.actions.authoring import Node, save_requirement
from programs.enrollment.actions.completing import complete_awarded
from programs.enrollment.actions.enrolling import enroll
from programs.models import Achievement, Award, AwardConcern, Enrollment, Granting, RequirementKind
from programs.pathway.queries.closest import programs_closest_to_completion
from programs.pathway.queries.pathways import pathway_of
from tests.assessments.places import FRIDAY, MONDAY, TUESDAY, show
from tests.contracts.six_places import Places
from tests.programs.places import Ladder, ask_for, awarding, draft_of, root_of, take_back
from tests.recipes import make_staff, make_user, signed_in_client

pytestmark = pytest.mark.django_db

Four = tuple[Competency, ...]
REVIEWED = "Something under this award has changed since; the office reviews it."
SETTLED = "Less is on record now than when the award was granted. The award stays in force."


@pytest.fixture
def awarded(ada: Learner, ladder: Ladder, four: Four, registrar: User, assessor: User) -> Enrollment:
    """A diploma that was granted on two lower awards and one more competency."""
    Learner.objects.filter(pk=ada.pk).update(user=make_user())
    ada.refresh_from_db()
    enrollment = enroll(ada, version=ladder.diploma, on=MONDAY.date(), by=registrar, at=MONDAY)
    for competency in four:
        show(ada, competency, 3, by=assessor, at=MONDAY)
    grant_award(Award.objects.proposed().get(), by=registrar, at=TUESDAY)
    return enrollment


def void(learner: Learner, four: Four, registrar: User) -> None:
    void_evidence(Evidence.objects.get(competency=four[3]), reason=VoidReason.MISTAKE, by=registrar, at=FRIDAY)


def correct(learner: Learner, four: Four, registrar: User) -> None:
    show(learner, four[3], 1, by=make_staff(Role.ASSESSOR), at=FRIDAY,
         corrects=Evidence.objects.get(competency=four[3]))  # fmt: skip


def rescind_lower(learner: Learner, four: Four, registrar: User) -> None:
    craft = Award.objects.standing().get(achievement__title="Craft")
    take_back(craft, asked_by=registrar, by=make_staff(Role.REGISTRAR), at=FRIDAY)


@pytest.mark.parametrize(
    ("change", "short"),
    [
        (void, "3 of 4 competencies mastered · 10 of 15 credits earned"),
        (correct, "3 of 4 competencies mastered · 10 of 15 credits earned"),
        # The lower award counts no longer, so that its program waits to be awarded again.
        (rescind_lower, "1 of 2 programs inside completed"),
    ],
)
def test_each_page_tells_both_what_was_awarded_and_what_is_on_record(
    change: Callable[[Learner, Four, User], None], short: str, awarded: Enrollment, four: Four, registrar: User
) -> None:
    learner = awarded.learner
    assert learner.user is not None
    before = pathway_of(awarded, at=TUESDAY)
    change(learner, four, registrar)
    desk, own = signed_in_client(registrar), signed_in_client(learner.user)
    diploma = Award.objects.standing().get(achievement__title="Master")

    learners = [own.get(place).text for place in (reverse("pathway:pathway", args=[awarded.public_id]), "/")]
    staff = [desk.get(reverse(f"admin:programs_{row._meta.model_name}_change", args=[row.pk])).text
             for row in (awarded, diploma)]  # fmt: skip

    after = pathway_of(awarded, at=clock.now())
    assert (before.figures, before.today) == (after.figures, None)
    assert after.today is not None
    assert after.today.earned < after.figures.earned or after.today.completed_count < after.figures.completed_count
    for page in (*learners, *staff):
        assert "As awarded on" in page
        assert "On record" in page
        assert REVIEWED in page
        assert SETTLED not in page
        for figure in short.split(" · "):
            number, what = figure.split(" ", 3)[:3], figure.split(" ", 3)[3]
            assert " ".join(number) in page, figure
            assert what in page
    for page in learners:
        assert "Next steps" not in page
        assert ">Closest<" not in page
        assert "step is left" not in page
        assert "Everything is met" not in page
    assert programs_closest_to_completion(learner, at=clock.now()) == ()
    assert list(Places(learner, clock.now(), desk, own).differences()) == []


def test_a_settled_review_is_not_told_as_one_that_waits(awarded: Enrollment, four: Four, registrar: User) -> None:
    void(awarded.learner, four, registrar)
    for concern in AwardConcern.objects.open():
        settle_concern(concern, by=registrar, words="It was shown otherwise.", at=FRIDAY)

    page = signed_in_client(registrar).get(reverse("admin:programs_enrollment_change", args=[awarded.pk])).text

    assert REVIEWED not in page
    assert SETTLED in page


def test_the_page_of_an_ended_enrollment_claims_no_level_that_has_ended(
    awarded: Enrollment, four: Four, registrar: User
) -> None:
    complete_awarded(awarded.learner_id, at=FRIDAY)
    correct(awarded.learner, four, registrar)

    page = signed_in_client(registrar).get(reverse("admin:programs_enrollment_change", args=[awarded.pk])).text

    assert Enrollment.objects.get(pk=awarded.pk).ended_on is not None
    assert "On record today: Beginning" in page
    assert "Level reached: Beginning" not in page


def test_a_proposal_that_is_not_met_any_more_is_not_among_the_awards_to_grant(
    ada: Learner, ladder: Ladder, four: Four, registrar: User, assessor: User
) -> None:
    enroll(ada, version=ladder.diploma, on=MONDAY.date(), by=registrar, at=MONDAY)
    for competency in four:
        show(ada, competency, 3, by=assessor, at=MONDAY)
    counts = [(awards_to_grant(registrar).count, proposals_no_longer_met(registrar).count)]

    void(ada, four, registrar)

    assert [*counts, (awards_to_grant(registrar).count, proposals_no_longer_met(registrar).count)] == [(1, 0), (0, 1)]
    titles = [card.title for card in cards_for(registrar)]
    assert ("Awards to grant" in titles, "Proposed awards that are not met any more" in titles) == (False, True)


def test_what_an_ended_enrollment_did_not_need_is_not_called_waived(
    ada: Learner, school: Organization, ladder: Ladder, four: Four, registrar: User, assessor: User
) -> None:
    draft = draft_of(school, "Either", four[0])
    choice = save_requirement(
        None, version=draft, parent=root_of(draft), node=Node(kind=RequirementKind.CHOOSE, choose_count=1)
    )
    ask_for(choice, four[1])
    ask_for(choice, four[2])
    studies = enroll(ada, version=awarding(draft, Granting.AUTOMATIC), on=MONDAY.date(), by=registrar, at=MONDAY)
    for competency in (four[1], four[2], four[0]):
        show(ada, competency, 3, by=assessor, at=MONDAY)
    complete_awarded(ada.pk, at=FRIDAY)
    studies.refresh_from_db()

    ways = [node.way for node in pathway_of(studies, at=FRIDAY).root.walk() if node.competency]

    assert studies.ended_on is not None
    assert ways == [Way.MASTERED] * 3


def test_a_later_title_of_an_achievement_renames_no_award_at_the_desk(awarded: Enrollment, registrar: User) -> None:
    award = Award.objects.standing().get(achievement__title="Master")
    Achievement.objects.filter(pk=award.achievement_id).update(title="Master of Everything")

    page = signed_in_client(registrar).get(reverse("admin:programs_award_change", args=[award.pk])).text

    assert "Master of Everything" not in str(Award.objects.get(pk=award.pk))
    assert ("Master of Everything" in page, "Master" in page) == (False, True)
