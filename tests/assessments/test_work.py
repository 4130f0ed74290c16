"""Work from the first word to the evidence that comes of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actions.organizations import save_organization
from accounts.models import Learner, Organization, OrganizationKind, Role, User
from assessments.errors import (
    AlreadyJudgedError,
    EntriesRefusedError,
    HandedInAgainError,
    LinkRefusedError,
    NoAttemptLeftError,
    NothingHandedInError,
    NotOpenError,
    NotWaitingError,
    NotWritableError,
    NotYourWorkToJudgeError,
    PerformedLaterError,
    RetiredError,
    RubricRefusedError,
    TooManyArtifactsError,
    WorkUnderWayError,
)
from assessments.models import (
    ArtifactBody,
    AssessmentKind,
    Evidence,
    Judgement,
    JudgementBody,
    JudgementDraft,
    Mastery,
    RubricRevision,
    Submission,
    SubmissionBody,
)
from assessments.permissions import may_judge, may_see_work
from assessments.rubrics.actions import CriterionEntry, retire_rubric, revise_rubric, write_rubric
from assessments.work.actions.assessments import AssessmentTerms, open_assessment, retire_assessment, revise_assessment
from assessments.work.actions.judging import judge_submission, return_submission, save_judgement_draft
from assessments.work.actions.submissions import (
    add_link,
    remove_artifact,
    save_words,
    start_submission,
    submit_work,
    withdraw_submission,
)
from assessments.work.queries.work import awaiting, submissions_awaiting_judgement, work_of
from competencies.models import Competency, Framework
from tests.assessments.places import FEBRUARY, FRIDAY, MONDAY, TUESDAY, new_competency
from tests.assessments.work import entries, hand_in, judge, new_assessment, states
from tests.recipes import assignment, make_user


def test_judged_work_is_evidence_of_each_criterion(
    ada: Learner, knead: Competency, bake: Competency, school: Organization, assessor: User
) -> None:
    work = hand_in(ada, new_assessment(knead, bake, organization=school))

    judgement = judge(work, 3, 2, by=assessor, at=TUESDAY, comments={"": "Well risen."})

    rows = Evidence.objects.order_by("pk")
    assert [(row.competency, row.level and row.level.rank, row.assessor, row.performed_on) for row in rows] == [
        (knead, 3, assessor, FEBRUARY),
        (bake, 2, assessor, FEBRUARY),
    ]
    assert states([work]) == ["judged"]
    assert JudgementBody.objects.get().content == {"": "Well risen."}
    assert {row.judgement for row in rows} == {judgement}
    assert dict(Mastery.objects.values_list("competency", "state")) == {knead.pk: "mastered", bake.pk: "below"}


def test_evidence_waits_until_everybody_needed_has_judged(
    ada: Learner, knead: Competency, school: Organization, assessor: User, other_assessor: User
) -> None:
    work = hand_in(ada, new_assessment(knead, organization=school, judges_needed=2))

    judge(work, 3, by=assessor)
    assert (states([work]), Evidence.objects.count()) == (["submitted"], 0)
    judge(work, 4, by=other_assessor, at=TUESDAY)

    found = Evidence.objects.order_by("pk").values_list("level__rank", "assessor", "recorded_at")
    assert list(found) == [(3, assessor.pk, TUESDAY), (4, other_assessor.pk, TUESDAY)]


def test_nobody_judges_the_same_round_twice(
    ada: Learner, knead: Competency, school: Organization, assessor: User
) -> None:
    work = hand_in(ada, new_assessment(knead, organization=school, judges_needed=2))
    judge(work, 3, by=assessor)

    with pytest.raises(AlreadyJudgedError):
        judge(work, 3, by=assessor)


def test_returned_work_is_handed_in_again_and_old_judgements_count_no_more(
    ada: Learner, knead: Competency, school: Organization, assessor: User, other_assessor: User
) -> None:
    work = hand_in(ada, new_assessment(knead, organization=school, judges_needed=2))
    judge(work, 1, by=assessor)
    return_submission(work, by=other_assessor, comments="Knead it longer.", at=TUESDAY)

    save_words(work, text="A better loaf.")
    submit_work(work, performed_on=FEBRUARY, at=FRIDAY)
    judge(work, 3, by=assessor, at=FRIDAY)
    judge(work, 3, by=other_assessor, at=FRIDAY)

    assert [row.level and row.level.rank for row in Evidence.objects.all()] == [3, 3]
    assert sorted(Judgement.objects.values_list("round", "outcome")) == [
        (1, "judged"), (1, "returned"), (2, "judged"), (2, "judged"),
    ]  # fmt: skip


def test_what_was_read_in_an_earlier_round_judges_no_later_one(
    ada: Learner, knead: Competency, school: Organization, assessor: User, other_assessor: User
) -> None:
    read = hand_in(ada, new_assessment(knead, organization=school))
    return_submission(read, by=other_assessor, comments="Knead it longer.", at=TUESDAY)
    submit_work(read, performed_on=FEBRUARY, at=FRIDAY)

    with pytest.raises(HandedInAgainError):
        judge(read, 3, by=assessor, at=FRIDAY, read_in=1)
    with pytest.raises(HandedInAgainError):
        return_submission(read, by=assessor, comments="Still.", read_in=1, at=FRIDAY)
    with pytest.raises(HandedInAgainError):
        save_judgement_draft(read, by=assessor, entries={}, read_in=1, at=FRIDAY)
    assert judge(read, 3, by=assessor, at=FRIDAY, read_in=2).round == 2


def test_handed_in_work_stays_as_it_is(ada: Learner, knead: Competency, school: Organization) -> None:
    work = hand_in(ada, new_assessment(knead, organization=school))

    with pytest.raises(NotWritableError):
        save_words(work, text="Something else.")
    with pytest.raises(NotWritableError):
        add_link(work, address="https://example.org/")
    with pytest.raises(NotWritableError):
        submit_work(work, performed_on=FEBRUARY)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE assessments_submissionbody SET content = 'other'",
        "DELETE FROM assessments_submissionbody",
        "UPDATE assessments_artifact SET size = 7",
        "UPDATE assessments_artifactbody SET content = '{}'",
        "DELETE FROM assessments_artifactbody",
        """
        INSERT INTO assessments_artifact (submission_id, public_id, sequence, kind, media_type, size, digest, added_at)
        SELECT submission_id, gen_random_uuid(), 2, kind, '', 0, digest, now() FROM assessments_artifact
        """,
    ],
)
def test_the_database_keeps_handed_in_work_too(
    ada: Learner, knead: Competency, school: Organization, statement: str
) -> None:
    work = start_submission(ada, assessment=new_assessment(knead, organization=school), at=MONDAY)
    add_link(work, address="https://example.org/loaf", at=MONDAY)
    submit_work(work, performed_on=FEBRUARY, at=MONDAY)

    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="is refused"), transaction.atomic():
        cursor.execute(statement)


def test_a_draft_needs_something_in_it(ada: Learner, knead: Competency, school: Organization) -> None:
    work = start_submission(ada, assessment=new_assessment(knead, organization=school), at=MONDAY)

    with pytest.raises(NothingHandedInError):
        submit_work(work, performed_on=FEBRUARY, at=MONDAY)
    with pytest.raises(PerformedLaterError):
        submit_work(work, performed_on=(MONDAY + timedelta(days=2)).date(), at=MONDAY)


def test_links_lead_to_the_web_and_are_counted(ada: Learner, knead: Competency, school: Organization) -> None:
    work = start_submission(ada, assessment=new_assessment(knead, organization=school), at=MONDAY)
    for address in (
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://example.org/",
        "loaf",
        f"https://e.org/{'x' * 2000}",
    ):
        with pytest.raises(LinkRefusedError):
            add_link(work, address=address)

    kept = add_link(work, address="https://example.org/loaf", name="My loaf")
    assert ArtifactBody.objects.get().content == {"name": "My loaf", "address": "https://example.org/loaf"}
    remove_artifact(kept)
    for number in range(20):
        add_link(work, address=f"https://example.org/{number}")
    with pytest.raises(TooManyArtifactsError):
        add_link(work, address="https://example.org/one-too-many")


def test_attempts_are_counted_and_withdrawn_ones_given_back(
    ada: Learner, knead: Competency, school: Organization, assessor: User
) -> None:
    assessment = new_assessment(knead, organization=school, attempts_allowed=2)
    judge(hand_in(ada, assessment), 1, by=assessor)
    withdraw_submission(hand_in(ada, assessment))
    under_way = hand_in(ada, assessment)

    assert under_way.attempt == 3
    with pytest.raises(WorkUnderWayError):
        start_submission(ada, assessment=assessment)
    judge(under_way, 1, by=assessor)
    with pytest.raises(NoAttemptLeftError):
        start_submission(ada, assessment=assessment)


def test_only_an_open_assessment_takes_work(
    ada: Learner, knead: Competency, school: Organization, registrar: User
) -> None:
    assessment = new_assessment(knead, organization=school, opened=False)
    with pytest.raises(NotOpenError):
        start_submission(ada, assessment=assessment)
    retire_assessment(assessment, by=registrar, reason="Replaced", at=TUESDAY)
    with pytest.raises(RetiredError):
        start_submission(ada, assessment=assessment)


def test_a_judgement_names_one_level_for_each_criterion(
    ada: Learner, knead: Competency, bake: Competency, school: Organization, assessor: User
) -> None:
    work = hand_in(ada, new_assessment(knead, bake, organization=school))
    whole = entries(work, 3, 3)
    first, second = whole

    for wrong in ({}, {first: whole[first]}, {first: whole[second], second: whole[second]}):
        with pytest.raises(EntriesRefusedError):
            judge_with(work, assessor, wrong)
    assert not Judgement.objects.exists()


def judge_with(work: Submission, by: User, wrong: object) -> None:
    judge_submission(work, by=by, entries=wrong, at=MONDAY)  # type: ignore[arg-type]  # wrong on purpose


def test_nobody_judges_their_own_work(ada: Learner, knead: Competency, school: Organization, assessor: User) -> None:
    ada.user = assessor
    ada.save()
    work = hand_in(ada, new_assessment(knead, organization=school))

    with pytest.raises(NotYourWorkToJudgeError):
        judge(work, 4, by=assessor)
    assert not may_judge(assessor, work)
    assert may_see_work(assessor, work)


def test_what_is_put_down_is_kept_until_the_judgement_is_made(
    ada: Learner, knead: Competency, school: Organization, assessor: User
) -> None:
    work = hand_in(ada, new_assessment(knead, organization=school))
    save_judgement_draft(work, by=assessor, entries={"one": {"comment": "Fine"}}, at=MONDAY)
    save_judgement_draft(work, by=assessor, entries={"one": {"comment": "Fine crust"}}, at=MONDAY)
    assert [row.entries for row in JudgementDraft.objects.all()] == [{"one": {"comment": "Fine crust"}}]

    judge(work, 3, by=assessor)

    assert not JudgementDraft.objects.exists()
    with pytest.raises(NotWaitingError):
        save_judgement_draft(work, by=assessor, entries={}, at=MONDAY)


def test_the_queue_is_what_waits_for_me_longest_first(
    ada: Learner, grace: Learner, knead: Competency, bake: Competency, school: Organization, registrar: User
) -> None:
    bakery = save_organization(
        None,
        name="Bakery",
        kind=OrganizationKind.OURS,
        parent=school,
        time_zone="UTC",
        languages=["en"],
        by=registrar,
        reason="",
    )
    here = new_assessment(knead, organization=school, judges_needed=2)
    there = new_assessment(bake, organization=bakery, title="Bake there")
    late, early = hand_in(ada, here, at=FRIDAY), hand_in(grace, there, at=MONDAY)
    everywhere, baker, stranger = make_user(), make_user(), make_user()
    assignment.make(user=everywhere, role=Role.ASSESSOR)
    assignment.make(user=baker, role=Role.ASSESSOR, organization=bakery)

    assert submissions_awaiting_judgement(everywhere, at=FRIDAY) == [early, late]
    assert submissions_awaiting_judgement(everywhere, at=FRIDAY, after=(MONDAY, early.pk)) == [late]
    assert submissions_awaiting_judgement(baker, at=FRIDAY) == [early]
    assert submissions_awaiting_judgement(stranger, at=FRIDAY) == []
    assert (may_judge(baker, early), may_judge(baker, late)) == (True, False)
    judge(late, 3, by=everywhere, at=FRIDAY)
    assert submissions_awaiting_judgement(everywhere, at=FRIDAY) == [early]
    assert awaiting(everywhere, at=FRIDAY).count() == 1


def test_the_queue_costs_the_same_at_one_and_at_three(
    ada: Learner, grace: Learner, knead: Competency, school: Organization, assessor: User
) -> None:
    def seen() -> int:
        with CaptureQueriesContext(connection) as queries:
            for row in submissions_awaiting_judgement(assessor, at=FRIDAY):
                str(row.assessment_revision.assessment.organization.name + row.learner.learner_number)
        return len(queries)

    assert assessor.tenures
    hand_in(ada, new_assessment(knead, organization=school))
    one = seen()
    hand_in(grace, new_assessment(knead, organization=school, title="Two"))
    hand_in(ada, new_assessment(knead, organization=school, title="Three"))

    assert (one, seen()) == (1, 1)


def test_a_rubric_is_written_anew_until_it_is_used_then_followed(
    knead: Competency, bake: Competency, school: Organization, registrar: User
) -> None:
    assessment = new_assessment(knead, organization=school, opened=False)
    rubric = RubricRevision.objects.get().rubric
    revise_rubric(
        rubric, title="Bread", criteria=[CriterionEntry(bake, "Bake")], by=registrar, reason="Wrong one", at=TUESDAY
    )
    assert [row.number for row in rubric.revisions.all()] == [1]

    open_assessment(assessment, by=registrar, at=TUESDAY)
    revise_rubric(
        rubric, title="Bread", criteria=[CriterionEntry(knead, "Knead")], by=registrar, reason="Better", at=FRIDAY
    )

    assert [(row.number, row.superseded_at) for row in rubric.revisions.order_by("number")] == [(1, FRIDAY), (2, None)]
    retire_rubric(rubric, by=registrar, reason="Done", at=FRIDAY)
    with pytest.raises(RetiredError):
        revise_rubric(rubric, title="Bread", criteria=[], by=registrar, reason="", at=FRIDAY)


def test_an_assessment_is_followed_by_a_revision_once_work_was_begun(
    ada: Learner, knead: Competency, school: Organization, registrar: User
) -> None:
    assessment = new_assessment(knead, organization=school)
    rubric = RubricRevision.objects.get().rubric
    terms = AssessmentTerms(kind=AssessmentKind.TEST, rubric=rubric, judges_needed=2)
    assert revise_assessment(assessment, title="Test", terms=terms, by=registrar, reason="", at=TUESDAY).number == 1
    work = start_submission(ada, assessment=assessment, at=TUESDAY)

    terms = AssessmentTerms(kind=AssessmentKind.PROJECT, rubric=rubric)
    assert revise_assessment(assessment, title="Test", terms=terms, by=registrar, reason="", at=FRIDAY).number == 2
    assert work.assessment_revision.judges_needed == 2


def test_a_rubric_without_rows_or_with_foreign_levels_is_refused(baking: Framework, knead: Competency) -> None:
    plain = new_competency(baking, "without a scale", None)
    for criteria in ([], [CriterionEntry(plain, "Plain")], [CriterionEntry(knead, " ")]):
        with pytest.raises(RubricRefusedError):
            write_rubric("Bread", criteria=criteria, by=None, at=MONDAY)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE assessments_rubricrevision SET number = 9",
        "UPDATE assessments_assessmentrevision SET judges_needed = 9",
        "UPDATE assessments_criterion SET title = 'other'",
        "DELETE FROM assessments_criterionlevel",
        """
        INSERT INTO assessments_criterion (rubric_revision_id, public_id, sequence, title, competency_revision_id)
        SELECT rubric_revision_id, gen_random_uuid(), 9, 'more', competency_revision_id FROM assessments_criterion
        """,
    ],
)
def test_what_work_was_judged_by_is_frozen(
    ada: Learner, knead: Competency, school: Organization, statement: str
) -> None:
    hand_in(ada, new_assessment(knead, organization=school))

    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        cursor.execute(statement)


def test_a_learner_sees_all_their_work(ada: Learner, knead: Competency, school: Organization) -> None:
    work = hand_in(ada, new_assessment(knead, organization=school))

    assert list(work_of(ada)) == [work]
    assert SubmissionBody.objects.get().content == "A loaf."
