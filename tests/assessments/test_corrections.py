"""A judgement is corrected by who made it: a new row, corrected evidence, and mastery that follows at once."""

import pytest
from django.db import IntegrityError
from django.test import Client

from accounts.models import Learner, Organization, User
from assessments.errors import (
    AlreadyVoidedError,
    EntriesRefusedError,
    NotCorrectableError,
    NothingCorrectedError,
    NotTheNewestError,
    NotYourWorkToJudgeError,
    ReasonNeededError,
)
from assessments.evidence.actions import void_evidence
from assessments.integrity import problems
from assessments.models import (
    Assessment,
    CorrectionReason,
    Evidence,
    Judgement,
    JudgementBody,
    Mastery,
    MasteryState,
    Submission,
    SubmissionState,
    VoidReason,
)
from assessments.work.actions.correcting import correct_judgement
from assessments.work.actions.erasing import erase_content
from assessments.work.actions.judging import return_submission
from assessments.work.actions.submissions import submit_work, withdraw_submission
from assessments.work.queries import corrections
from competencies.models import Competency
from tests.assessments.judging_pages import QUEUE, body, page_of, put_down, sent, words
from tests.assessments.places import FEBRUARY, MONDAY, TUESDAY
from tests.assessments.test_ledger_concurrency import together
from tests.assessments.work import entries, hand_in, judge, new_assessment
from tests.recipes import signed_in_client

pytestmark = pytest.mark.django_db


def correct(judgement: Judgement, *ranks: int, by: User, **more: object) -> Judgement:
    """Correct to these ranks."""
    values = {"comments": {}, "at": TUESDAY, "entries": entries(judgement.submission, *ranks), **more}
    return correct_judgement(judgement, by=by, **values)  # type: ignore[arg-type]  # as correct_judgement takes them


def ranks(learner: Learner) -> dict[str, tuple[list[int], str]]:
    """The levels of all rows of each competency in the order of their corrections, and the state of its mastery."""
    states = {row.competency.code: row.state for row in Mastery.objects.filter(learner=learner)}
    found: dict[str, tuple[list[int], str]] = {code: ([], state) for code, state in states.items()}
    for row in Evidence.objects.filter(learner=learner).order_by("revision_number", "pk"):
        found[row.competency.code][0].append(row.level.rank)  # type: ignore[union-attr]  # judged by level
    return found


@pytest.fixture
def something_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app above says that something rests on every piece of evidence."""
    monkeypatch.setattr(corrections, "_CHECKS", [lambda _records, _pieces: True])


# --- the act ----------------------------------------------------------------------------------------------------------


def test_a_correction_is_a_new_row_and_corrects_only_the_evidence_that_differs(
    ada: Learner, handed_in: Submission, assessor: User
) -> None:
    first = judge(handed_in, 3, 2, by=assessor, comments={"": "Good."})

    second = correct(first, 2, 2, by=assessor, comments={"": "Not yet."})

    assert (second.revision_number, second.round, second.outcome) == (2, first.round, first.outcome)
    assert ranks(ada) == {"knead": ([3, 2], MasteryState.BELOW), "bake": ([2], MasteryState.BELOW)}
    assert set(Evidence.objects.values_list("judgement", flat=True)) == {first.pk}
    assert JudgementBody.objects.get(judgement=first).content == {"": "Good."}
    assert list(Judgement.objects.newest()) == [second]
    assert list(problems()) == []


def test_corrections_follow_each_other(ada: Learner, handed_in: Submission, assessor: User) -> None:
    first = judge(handed_in, 1, 1, by=assessor)
    second = correct(first, 3, 1, by=assessor)

    third = correct(second, 3, 4, by=assessor)

    assert third.revision_number == 3
    assert ranks(ada) == {"knead": ([1, 3], MasteryState.MASTERED), "bake": ([1, 4], MasteryState.MASTERED)}
    with pytest.raises(NotTheNewestError):
        correct(first, 2, 2, by=assessor)


def test_a_comment_alone_leaves_the_ledger_as_it_is(handed_in: Submission, assessor: User) -> None:
    first = judge(handed_in, 3, 3, by=assessor, comments={"": "Good."})

    correct(first, 3, 3, by=assessor, comments={"": "Very good."})

    assert Evidence.objects.count() == 2


def test_what_was_found_before_the_others_judged_is_recorded_as_it_reads_then(
    ada: Learner, school: Organization, knead: Competency, assessor: User, other_assessor: User
) -> None:
    work = hand_in(ada, new_assessment(knead, organization=school, judges_needed=2))
    first = judge(work, 1, by=assessor)
    correct(first, 4, by=assessor)
    assert Submission.objects.get().state == SubmissionState.SUBMITTED

    judge(work, 3, by=other_assessor, at=TUESDAY)

    assert sorted(Evidence.objects.values_list("assessor", "level__rank")) == sorted(
        [(assessor.pk, 4), (other_assessor.pk, 3)]
    )
    assert set(Evidence.objects.filter(assessor=assessor).values_list("judgement", flat=True)) == {first.pk}


def test_the_comment_of_a_return_is_corrected_until_the_work_comes_back(handed_in: Submission, assessor: User) -> None:
    back = return_submission(handed_in, by=assessor, comments="Less salt.", at=MONDAY)

    again = correct_judgement(back, by=assessor, entries={}, comments={"": "More salt."}, at=TUESDAY)

    assert JudgementBody.objects.get(judgement=again).content == {"": "More salt."}
    submit_work(handed_in, performed_on=FEBRUARY, at=TUESDAY)
    with pytest.raises(NotCorrectableError):
        correct_judgement(again, by=assessor, entries={}, comments={"": "Salt."}, at=TUESDAY)


def test_a_return_keeps_a_comment_and_gets_no_levels(handed_in: Submission, assessor: User) -> None:
    back = return_submission(handed_in, by=assessor, comments="Less salt.", at=MONDAY)

    for wrong in ({"comments": {"": " "}, "entries": {}}, {"comments": {"": "Salt."}}):
        with pytest.raises(EntriesRefusedError):
            correct(back, 3, 3, by=assessor, **wrong)


# --- what is refused --------------------------------------------------------------------------------------------------


def test_only_who_judged_corrects(handed_in: Submission, assessor: User, other_assessor: User) -> None:
    first = judge(handed_in, 3, 3, by=assessor)

    with pytest.raises(NotYourWorkToJudgeError):
        correct(first, 2, 2, by=other_assessor)


def test_nobody_corrects_what_has_become_their_own_work(ada: Learner, handed_in: Submission, assessor: User) -> None:
    first = judge(handed_in, 2, 2, by=assessor)
    Learner.objects.filter(pk=ada.pk).update(user=assessor)

    with pytest.raises(NotYourWorkToJudgeError):
        correct(first, 4, 4, by=assessor)


def test_a_correction_that_corrects_nothing_is_refused(handed_in: Submission, assessor: User) -> None:
    first = judge(handed_in, 3, 3, by=assessor, comments={"": "Good."})

    with pytest.raises(NothingCorrectedError):
        correct(first, 3, 3, by=assessor, comments={"": "Good."})


def test_a_missing_level_is_refused(handed_in: Submission, assessor: User) -> None:
    first = judge(handed_in, 3, 3, by=assessor)

    with pytest.raises(EntriesRefusedError):
        correct(first, 2, 2, by=assessor, entries=dict(list(entries(handed_in, 2, 2).items())[:1]))


def test_what_was_voided_stays_voided(handed_in: Submission, assessor: User, registrar: User) -> None:
    first = judge(handed_in, 3, 3, by=assessor)
    void_evidence(Evidence.objects.earliest("pk"), reason=VoidReason.MISCONDUCT, by=registrar, at=MONDAY)

    with pytest.raises(AlreadyVoidedError):
        correct(first, 4, 3, by=assessor)
    assert Judgement.objects.count() == 1


def test_withdrawn_work_is_not_corrected(ada: Learner, school: Organization, knead: Competency, assessor: User) -> None:
    work = hand_in(ada, new_assessment(knead, organization=school, judges_needed=2))
    first = judge(work, 2, by=assessor)
    withdraw_submission(work)

    with pytest.raises(NotCorrectableError):
        correct(first, 3, by=assessor)


def test_a_reason_is_needed_as_soon_as_something_rests_on_it(
    something_rests: None, handed_in: Submission, assessor: User
) -> None:
    first = judge(handed_in, 3, 3, by=assessor)

    with pytest.raises(ReasonNeededError):
        correct(first, 2, 3, by=assessor)
    corrected = correct(first, 2, 3, by=assessor, reason=CorrectionReason.MODERATION, words="We agreed on less.")

    assert corrected.reason == CorrectionReason.MODERATION
    assert JudgementBody.objects.get(judgement=corrected).content == {"why": "We agreed on less."}
    assert correct(corrected, 2, 3, by=assessor, comments={"": "Only words."}).reason == ""


def test_the_database_refuses_a_correction_of_nothing(handed_in: Submission, assessor: User) -> None:
    first = judge(handed_in, 3, 3, by=assessor)
    first.pk, first.revision_number = None, 3

    with pytest.raises(IntegrityError, match="is not there"):
        first.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_at_once_one_is_told_of_the_other(handed_in: Submission, assessor: User) -> None:
    first = judge(handed_in, 2, 2, by=assessor)

    raised = together(*(lambda rank=rank: correct(first, rank, 2, by=assessor) for rank in (3, 4)))

    assert [type(error) for error in raised] == [NotTheNewestError]
    assert (Judgement.objects.count(), Evidence.objects.count()) == (2, 3)


# --- pages ------------------------------------------------------------------------------------------------------------


def correction_form(submission: Submission, *levels: int | None, newest: int = 1, **fields: str) -> dict[str, str]:
    return {"newest": str(newest), "reason": "", "words": "", **put_down(submission, *levels, **fields)}


def test_the_assessor_corrects_on_a_page_and_both_see_before_and_after(
    desk: Client, ada: Learner, handed_in: Submission, assessor: User, registrar: User
) -> None:
    ada.user = registrar
    ada.save()
    judge(handed_in, 3, 3, by=assessor, comments={"": "Good crust."})
    page = body(desk, page_of(handed_in))
    assert page_of(handed_in, "correct") in page

    form = body(desk, page_of(handed_in, "correct"))
    assert form.count(" checked") == 2
    assert "Good crust." in form
    answer = sent(
        desk,
        handed_in,
        "correct",
        correction_form(handed_in, 2, 3, comment="Pale crust.", words="I mixed up two loaves."),
    )

    assert (answer.status_code, answer.url) == (302, page_of(handed_in))
    for seen in (
        body(desk, page_of(handed_in)),
        body(signed_in_client(registrar), f"/coursework/{handed_in.public_id}/"),
    ):
        assert [text in seen for text in ("Corrected on", "Pale crust.", "I mixed up two loaves.", "Good crust.")] == [
            True
        ] * 4
        assert seen.index("Pale crust.") < seen.index("Good crust.")
    assert "Developing · Proficient" in body(desk, f"{QUEUE}judged/")


def test_the_page_asks_for_a_reason_where_something_rests_and_keeps_what_was_entered(
    something_rests: None, desk: Client, handed_in: Submission, assessor: User
) -> None:
    judge(handed_in, 3, 3, by=assessor)

    answer = sent(desk, handed_in, "correct", correction_form(handed_in, 2, 3, comment="Pale."))

    assert answer.status_code == 422
    assert "An award rests on this assessment." in words(answer)
    assert "Pale." in words(answer)
    corrected = sent(desk, handed_in, "correct", {**correction_form(handed_in, 2, 3), "reason": "slip"})
    assert corrected.status_code == 302


@pytest.mark.parametrize("newest", ["1", "", "x", "9" * 30])
def test_a_page_that_is_older_than_the_last_correction_corrects_nothing(
    newest: str, desk: Client, handed_in: Submission, assessor: User
) -> None:
    correct(judge(handed_in, 3, 3, by=assessor), 2, 3, by=assessor)

    answer = sent(desk, handed_in, "correct", {**correction_form(handed_in, 4, 4), "newest": newest})

    assert answer.status_code == 422
    assert Judgement.objects.count() == 2


def test_a_level_that_is_missing_is_asked_for(desk: Client, handed_in: Submission, assessor: User) -> None:
    judge(handed_in, 3, 3, by=assessor)

    answer = sent(desk, handed_in, "correct", correction_form(handed_in, None, 2) | {"level-1": "0"})

    assert "Choose a level for each criterion." in words(answer)


def test_nobody_else_opens_the_page(handed_in: Submission, assessor: User, other_assessor: User) -> None:
    judge(handed_in, 3, 3, by=assessor)

    assert signed_in_client(other_assessor).get(page_of(handed_in, "correct")).status_code == 404


def test_erased_comments_stay_erased_in_what_was_before(
    desk: Client, ada: Learner, handed_in: Submission, assessor: User
) -> None:
    correct(judge(handed_in, 3, 3, by=assessor, comments={"": "Good."}), 2, 3, by=assessor, comments={"": "Pale."})
    erase_content(ada, at=TUESDAY)

    page = body(desk, page_of(handed_in))

    assert ("Good." in page, "Pale." in page, page.count("The comments were erased.")) == (False, False, 2)


def test_the_ledger_at_the_desk_says_what_was_corrected_and_offers_to_void_the_newest_only(
    handed_in: Submission, assessor: User, registrar: User
) -> None:
    correct(judge(handed_in, 3, 3, by=assessor), 2, 3, by=assessor)
    before, after = Evidence.objects.filter(competency__code="knead").order_by("revision_number")
    client = signed_in_client(registrar)

    pages = [body(client, f"/admin/assessments/evidence/{row.pk}/change/") for row in (before, after)]

    assert ["corrected since" in page for page in pages] == [True, False]
    assert [f"/{row.pk}/do/void/" in page for row, page in zip((before, after), pages, strict=True)] == [False, True]


def test_evidence_says_what_was_corrected(
    desk: Client, ada: Learner, loaf: Assessment, assessor: User, registrar: User
) -> None:
    ada.user = registrar
    ada.save()
    correct(judge(hand_in(ada, loaf), 3, 3, by=assessor), 2, 3, by=assessor)

    page = body(signed_in_client(registrar), "/coursework/evidence/")

    assert "corrected since" in page
