"""Records that were wrongly linked and are parted: what was granted on the other's record is looked at, not lost."""

import json
from collections.abc import Callable
from importlib import import_module
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.state import ProjectState
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions.learners import create_learner
from accounts.errors import AlreadyEndedError
from accounts.models import Learner, LearnerLink, Organization, SharingGrant, User
from competencies.models import Competency
from core import clock
from portal.actions.linking import link_persons, part_persons
from portal.pages.desk import cards_for
from programs.awards.actions.awards import decline_award, grant_award
from programs.awards.actions.concerns import settle_concern
from programs.awards.admin.reviews import ADVICE
from programs.awards.queries.desk import CAUSES
from programs.curriculum.actions.authoring import Node, save_requirement
from programs.decisions.actions import grant_exception, record_milestone, record_recognition, save_milestone
from programs.enrollment.actions.enrolling import enroll, record_event
from programs.errors import LowerAwardInReviewError
from programs.integrity import findings, problems
from programs.models import (
    Award,
    AwardConcern,
    ConcernKind,
    Enrollment,
    EventReason,
    Granting,
    ProgramVersion,
    RecognitionBasis,
    RequirementKind,
)
from programs.rules.attainments import ExceptionKind
from programs.rules.enrollment import EventKind
from tests.assessments.places import FRIDAY, MONDAY, TUESDAY, level_of, show
from tests.credentials.sharing_places import new_partner, new_transcript, shared
from tests.programs.places import Ladder, ask_for, awarding, draft_of, open_assessment, root_of
from tests.programs.test_awards import START, Four, standing
from tests.recipes import signed_in_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def twin(registrar: User) -> Learner:
    return create_learner("A. Lovelace", by=registrar, at=MONDAY)


@pytest.fixture
def linked(ada: Learner, twin: Learner, registrar: User) -> LearnerLink:
    return link_persons(ada, other=twin, reason="One person", by=registrar, at=MONDAY)


def part(link: LearnerLink, registrar: User) -> None:
    part_persons(link, reason="Two people", by=registrar, at=FRIDAY)


def reviews() -> list[tuple[str, str, object]]:
    """The open reviews: what is awarded, why it is looked at, and whom the other record names."""
    rows = AwardConcern.objects.open().select_related("award__achievement").order_by("pk")
    return [(str(row.award.achievement), row.kind, row.subject_id) for row in rows]


def notes() -> list[str]:
    """What the integrity check names without calling it wrong."""
    return [sentence for sentence, wrong in findings(at=FRIDAY) if not wrong]


def test_an_award_on_the_evidence_of_both_is_reviewed(
    ada: Learner, twin: Learner, four: Four, ladder: Ladder, linked: LearnerLink, registrar: User, assessor: User
) -> None:
    enroll(ada, version=ladder.micro, on=START, by=registrar, at=MONDAY)
    show(ada, four[0], 3, by=assessor, at=MONDAY)
    show(twin, four[1], 3, by=assessor, at=MONDAY)

    part(linked, registrar)

    assert standing(ada) == ["Bread"]
    assert reviews() == [("Bread", "others_grounds", twin.public_id)]
    assert list(problems(at=FRIDAY)) == []


def test_an_award_on_own_evidence_alone_is_left_in_peace(
    ada: Learner, twin: Learner, four: Four, ladder: Ladder, linked: LearnerLink, registrar: User, assessor: User
) -> None:
    enroll(ada, version=ladder.micro, on=START, by=registrar, at=MONDAY)
    for competency in four[:2]:
        show(ada, competency, 3, by=assessor, at=MONDAY)
    show(twin, four[2], 3, by=assessor, at=MONDAY)

    part(linked, registrar)

    assert reviews() == []
    assert notes() == []


def test_what_rests_on_such_an_award_is_reviewed_too(
    ada: Learner, twin: Learner, four: Four, ladder: Ladder, linked: LearnerLink, registrar: User, assessor: User
) -> None:
    enroll(ada, version=ladder.certificate, on=START, by=registrar, at=MONDAY)
    show(ada, four[0], 3, by=assessor, at=MONDAY)
    show(twin, four[1], 3, by=assessor, at=MONDAY)
    show(ada, four[2], 3, by=assessor, at=MONDAY)

    part(linked, registrar)

    expected = [(title, "others_grounds", twin.public_id) for title in ("Bread", "Craft")]
    assert reviews() == expected


def test_nothing_is_granted_on_an_award_that_is_in_review(
    ada: Learner, twin: Learner, four: Four, ladder: Ladder, linked: LearnerLink, registrar: User, assessor: User
) -> None:
    enroll(ada, version=ladder.diploma, on=START, by=registrar, at=MONDAY)
    for person, competency in zip((ada, twin, ada, ada), four, strict=True):
        show(person, competency, 3, by=assessor, at=MONDAY)
    (diploma,) = Award.objects.proposed()
    part(linked, registrar)

    with pytest.raises(LowerAwardInReviewError):
        grant_award(diploma, by=registrar, at=FRIDAY)
    for concern in AwardConcern.objects.open():
        settle_concern(concern, by=registrar, words="Shown again since.", at=FRIDAY)
    grant_award(diploma, by=registrar, at=FRIDAY)

    assert standing(ada) == ["Bread", "Craft", "Master"]


def test_the_migration_lists_what_was_parted_before_and_can_be_repeated(
    ada: Learner, twin: Learner, four: Four, ladder: Ladder, linked: LearnerLink, registrar: User, assessor: User
) -> None:
    enroll(ada, version=ladder.diploma, on=START, by=registrar, at=MONDAY)
    for person, competency in zip((ada, twin, ada, ada), four, strict=True):
        show(person, competency, 3, by=assessor, at=MONDAY)
    grant_award(Award.objects.proposed().get(), by=registrar, at=MONDAY)
    part(linked, registrar)
    expected = reviews()
    bread, craft, _master = AwardConcern.objects.open().order_by("pk")
    settle_concern(bread, by=registrar, words="It stays.", at=FRIDAY)
    AwardConcern.objects.exclude(pk__in=[bread.pk, craft.pk]).delete()
    operation = import_module("programs.migrations.0020_parted_before").Migration.operations[0]

    # Back and forward again: the open entry and the settled one are there.
    for _time in range(2):
        with connection.schema_editor(atomic=False) as editor:
            operation.database_backwards("programs", editor, ProjectState(), ProjectState())
            operation.database_forwards("programs", editor, ProjectState(), ProjectState())

    assert [title for title, _kind, _subject in expected] == ["Bread", "Craft", "Master"]
    assert reviews() == expected[1:]
    assert AwardConcern.objects.count() == 3


def test_what_is_granted_above_such_an_award_waits_for_its_review_and_is_reviewed_itself(
    ada: Learner, twin: Learner, four: Four, ladder: Ladder, linked: LearnerLink, registrar: User, assessor: User
) -> None:
    enroll(ada, version=ladder.diploma, on=START, by=registrar, at=MONDAY)
    show(ada, four[0], 3, by=assessor, at=MONDAY)
    show(twin, four[1], 3, by=assessor, at=MONDAY)
    part(linked, registrar)
    for competency in four[2:]:
        show(ada, competency, 3, by=assessor, at=FRIDAY)
    # The certificate is granted by rule otherwise: now it is proposed, and the refusal says what to do first.
    craft = Award.objects.proposed().get()
    assert (standing(ada), craft.achievement.title) == (["Bread"], "Craft")
    with pytest.raises(LowerAwardInReviewError, match=r"^Bread$"):
        grant_award(craft, by=registrar, at=FRIDAY)

    settle_concern(AwardConcern.objects.open().get(), by=registrar, words="Her own work is enough.", at=FRIDAY)
    grant_award(craft, by=registrar, at=FRIDAY)

    assert reviews() == [("Craft", "others_grounds", twin.public_id)]
    assert [note.rpartition(": ")[2] for note in notes()] == [
        "it stays, as a person has decided.",
        "it waits for a review.",
    ]
    diploma = Award.objects.proposed().get()
    with pytest.raises(LowerAwardInReviewError, match=r"^Craft$"):
        grant_award(diploma, by=registrar, at=FRIDAY)
    assert list(problems(at=FRIDAY)) == []


def test_nothing_is_granted_two_floors_above_an_award_in_review(
    ada: Learner, twin: Learner, four: Four, ladder: Ladder, linked: LearnerLink, registrar: User, assessor: User
) -> None:
    enroll(ada, version=ladder.diploma, on=START, by=registrar, at=MONDAY)
    for person, competency in zip((ada, twin, ada, ada), four, strict=True):
        show(person, competency, 3, by=assessor, at=MONDAY)
    (diploma,) = Award.objects.proposed()
    part(linked, registrar)
    settle_concern(
        AwardConcern.objects.open().get(award__achievement__title="Craft"), by=registrar, words="It stays.", at=FRIDAY
    )

    with pytest.raises(LowerAwardInReviewError, match=r"^Bread$"):
        grant_award(diploma, by=registrar, at=FRIDAY)


@pytest.mark.parametrize("of", ["recognition", "milestone", "exception"])
def test_what_was_decided_about_the_other_is_their_ground(
    of: str,
    ada: Learner,
    twin: Learner,
    four: Four,
    school: Organization,
    linked: LearnerLink,
    registrar: User,
    assessor: User,
) -> None:
    enrollment = enroll(ada, version=_asking_for(of, four[0], school), on=START, by=registrar, at=MONDAY)
    _decide(of, twin, four[0], enrollment, registrar)

    part(linked, registrar)

    # An exception is about an enrollment, so it is of the record that is enrolled.
    assert reviews() == ([] if of == "exception" else [("Safe", "others_grounds", twin.public_id)])
    assert standing(ada) == ["Safe"]


def _asking_for(of: str, competency: Competency, school: Organization) -> ProgramVersion:
    open_assessment(school, competency)
    draft = draft_of(school, "Safe")
    if of == "milestone":
        milestone = save_milestone(None, title="Reached", unit="", at=MONDAY)
        node = Node(kind=RequirementKind.MILESTONE, milestone=milestone)
        save_requirement(None, version=draft, parent=root_of(draft), node=node)
    else:
        ask_for(root_of(draft), competency)
    return awarding(draft, Granting.AUTOMATIC)


def _decide(of: str, learner: Learner, competency: Competency, enrollment: Enrollment, by: User) -> None:
    if of == "recognition":
        record_recognition(
            learner,
            basis=RecognitionBasis.TRANSFER,
            competency=competency,
            level=level_of(competency, 4),
            achieved_on=START,
            by=by,
            at=MONDAY,
        )
    elif of == "milestone":
        leaf = enrollment.version.requirements.exclude(milestone=None).get()
        assert leaf.milestone is not None
        record_milestone(learner, milestone=leaf.milestone, on=START, by=by, at=MONDAY)
    else:
        key = enrollment.version.requirements.exclude(competency=None).get().key
        grant_exception(enrollment, kind=ExceptionKind.WAIVE, node=key, by=by, words="So it was decided.", at=MONDAY)


@pytest.fixture
def reviewed(
    ada: Learner, twin: Learner, four: Four, ladder: Ladder, linked: LearnerLink, registrar: User, assessor: User
) -> AwardConcern:
    enroll(ada, version=ladder.micro, on=START, by=registrar, at=MONDAY)
    show(ada, four[0], 3, by=assessor, at=MONDAY)
    show(twin, four[1], 3, by=assessor, at=MONDAY)
    part(linked, registrar)
    return AwardConcern.objects.open().get()


def test_linking_them_again_drops_the_review(
    reviewed: AwardConcern, ada: Learner, twin: Learner, registrar: User
) -> None:
    link_persons(twin, other=ada, reason="One person after all", by=registrar, at=FRIDAY)

    reviewed.refresh_from_db()
    assert reviewed.outcome == "gone"
    assert notes() == []


def test_what_a_person_let_stay_is_not_asked_again_when_they_are_linked_and_parted_once_more(
    reviewed: AwardConcern, ada: Learner, twin: Learner, registrar: User
) -> None:
    settle_concern(reviewed, by=registrar, words="Her own work is enough.", at=FRIDAY)

    again = link_persons(ada, other=twin, reason="One person after all", by=registrar, at=FRIDAY)
    part(again, registrar)

    assert reviews() == []
    assert list(problems(at=FRIDAY)) == []


def test_three_records_of_one_person_are_linked_parted_and_linked_otherwise(
    ada: Learner, twin: Learner, grace: Learner, four: Four, ladder: Ladder, registrar: User, assessor: User
) -> None:
    people = (ada, twin, grace)
    for learner in people:
        enroll(learner, version=ladder.micro, on=START, by=registrar, at=MONDAY)
        for competency in four[:2]:
            show(learner, competency, 3, by=assessor, at=MONDAY)
    first, second, third = Award.objects.awarded().order_by("pk")

    link_persons(ada, other=twin, reason="One person", by=registrar, at=TUESDAY)
    to_grace = link_persons(twin, other=grace, reason="One person", by=registrar, at=TUESDAY)
    assert reviews() == [("Bread", "two_standing", first.public_id)] * 2
    assert len(notes()) == 3  # each enrollment has another one of the same person

    part(to_grace, registrar)
    with pytest.raises(AlreadyEndedError):
        part(to_grace, registrar)
    (of_twin,) = AwardConcern.objects.open()
    assert (of_twin.award, len(notes())) == (second, 2)
    settle_concern(of_twin, by=registrar, words="Both were handed out.", at=FRIDAY)

    link_persons(ada, other=grace, reason="One person after all", by=registrar, at=FRIDAY)
    # The duplicate that was let stay is not asked again; the one that came back is.
    assert [row.award for row in AwardConcern.objects.open()] == [third]
    assert list(problems(at=FRIDAY)) == []


def test_the_integrity_check_names_it_without_calling_it_wrong(
    reviewed: AwardConcern, twin: Learner, registrar: User
) -> None:
    named = f"Award {reviewed.award.public_id} rests on the record {twin.public_id} of another person"
    assert notes() == [f"{named}: it waits for a review."]

    settle_concern(reviewed, by=registrar, words="Her own work is enough.", at=FRIDAY)

    assert notes() == [f"{named}: it stays, as a person has decided."]
    said = StringIO()
    with CaptureQueriesContext(connection) as asked:
        call_command("check_integrity", "--json", stdout=said)
    assert json.loads(said.getvalue().splitlines()[-1])["notes"] == [
        f"programs: {named}: it stays, as a person has decided."
    ]
    # Problems and notes come from one walk through what awards rest on.
    assert sum(f"= '{ConcernKind.OTHERS_GROUNDS}'" in query["sql"] for query in asked) == 1


def test_one_that_nobody_was_asked_to_review_is_a_problem(reviewed: AwardConcern, twin: Learner) -> None:
    AwardConcern.objects.filter(pk=reviewed.pk).delete()

    assert list(problems(at=FRIDAY)) == [
        f"Award {reviewed.award.public_id} rests on the record {twin.public_id} of another person."
    ]


def test_each_kind_of_review_names_its_cause_and_what_to_do(
    reviewed: AwardConcern, twin: Learner, registrar: User
) -> None:
    assert (set(CAUSES), set(ADVICE)) == (set(ConcernKind), set(ConcernKind))

    page = signed_in_client(registrar).get(reverse("admin:programs_awardconcern_change", args=[reviewed.pk]))

    text = page.content.decode()
    assert twin.learner_number in text
    assert str(ADVICE[ConcernKind.OTHERS_GROUNDS]).replace("'", "&#x27;") in text
    assert str(twin.public_id) not in text


def test_two_proposals_of_one_award_are_reviewed_and_declining_settles_it(
    ada: Learner, twin: Learner, four: Four, ladder: Ladder, registrar: User, assessor: User
) -> None:
    # Both records are met by themselves, and both wait for the registrar.
    for learner in (ada, twin):
        enroll(learner, version=ladder.diploma, on=START, by=registrar, at=MONDAY)
        for competency in four:
            show(learner, competency, 3, by=assessor, at=MONDAY)

    link_persons(ada, other=twin, reason="One person", by=registrar, at=TUESDAY)

    first, second = Award.objects.proposed().order_by("pk")
    twice = AwardConcern.objects.open().get(award__state="proposed")
    assert (twice.award, twice.kind, twice.subject_id) == (second, "two_standing", first.public_id)
    grant_award(first, by=registrar, at=FRIDAY)
    decline_award(second, by=registrar, words="It is the same award.", at=FRIDAY)
    twice.refresh_from_db()
    assert twice.outcome == "gone"


@pytest.fixture
def double(
    ada: Learner, twin: Learner, bread: ProgramVersion, registrar: User
) -> Callable[[], tuple[Enrollment, Enrollment]]:
    def made() -> tuple[Enrollment, Enrollment]:
        both = [enroll(learner, version=bread, on=START, by=registrar, at=MONDAY) for learner in (ada, twin)]
        link_persons(ada, other=twin, reason="One person", by=registrar, at=TUESDAY)
        return both[0], both[1]

    return made


def test_two_open_enrollments_in_one_program_wait_until_one_has_ended(
    double: Callable[[], tuple[Enrollment, Enrollment]], grace: Learner, bread: ProgramVersion, registrar: User
) -> None:
    enroll(grace, version=bread, on=START, by=registrar, at=MONDAY)
    first, second = double()
    desk = signed_in_client(registrar)

    (card,) = [card for card in cards_for(registrar) if "Enrolled twice" in str(card.title)]
    rows = desk.get(card.url).context["rows"]
    page = desk.get(reverse("admin:programs_enrollment_change", args=[first.pk])).content.decode()

    assert (card.count, len(rows)) == (2, 2)
    assert reverse("admin:programs_enrollment_change", args=[second.pk]) in page
    assert len(notes()) == 2
    record_event(
        second, kind=EventKind.WITHDRAW, on=TUESDAY.date(), reason=EventReason.MISTAKE, by=registrar, at=FRIDAY
    )
    assert [card for card in cards_for(registrar) if "Enrolled twice" in str(card.title)] == []
    assert notes() == []


def test_a_transcript_that_tells_of_both_is_shared_no_longer(
    ada: Learner, twin: Learner, registrar: User, ladder: Ladder
) -> None:
    enroll(ada, version=ladder.micro, on=START, by=registrar, at=MONDAY)
    of_ada_alone, _token = shared(new_transcript(ada), new_partner("Before"))
    link = link_persons(ada, other=twin, reason="One person", by=registrar, at=clock.now())
    enroll(twin, version=ladder.certificate, on=START, by=registrar, at=clock.now())
    of_both, _token = shared(new_transcript(ada), new_partner("Meanwhile"))
    assert set(SharingGrant.objects.live(clock.now())) == {of_ada_alone, of_both}

    part_persons(link, reason="Two people", by=registrar, at=clock.now())

    assert list(SharingGrant.objects.live(clock.now())) == [of_ada_alone]
