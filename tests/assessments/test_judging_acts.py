"""What an assessor does on a page: drafts, judgements, returns, and what is told when somebody else was quicker."""

import pytest
from django.test import Client

from accounts.models import Learner, Organization, Role, User
from assessments.models import (
    Assessment,
    Evidence,
    Judgement,
    JudgementBody,
    JudgementDraft,
    JudgementOutcome,
    Submission,
    SubmissionState,
)
from assessments.work.actions.judging import return_submission
from assessments.work.actions.submissions import save_words, submit_work
from assessments.work.actions.submissions import withdraw_submission as withdraw
from competencies.models import Competency
from core import clock
from tests.assessments.judging_pages import QUEUE, assessor_at, body, branch_of, page_of, put_down, sent, words
from tests.assessments.places import FEBRUARY, FRIDAY, MONDAY, TUESDAY
from tests.assessments.test_ledger_concurrency import together
from tests.assessments.work import hand_in, judge, new_assessment
from tests.recipes import assignment, signed_in_client
from tests.recipes import learner as learner_recipe

pytestmark = pytest.mark.django_db


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_a_draft_is_there_again_and_nobody_elses(
    desk: Client, other_assessor: User, handed_in: Submission, assessor: User
) -> None:
    form = put_down(handed_in, 3, None, **{"comment-1": "Smooth & <strong>", "comment": "Go on"})

    response = sent(desk, handed_in, "draft", form)

    assert (response.status_code, response.url) == (302, page_of(handed_in))
    page = body(desk, page_of(handed_in))
    assert page.count(" checked") == 1
    assert "Smooth &amp; &lt;strong&gt;" in page
    assert "Go on" in page
    assert "Saved at" in page
    assert "Begun by you" in body(desk, QUEUE)
    other = signed_in_client(other_assessor)
    assert "Go on" not in body(other, page_of(handed_in))
    assert "Begun by you" not in body(other, QUEUE)


def test_saving_by_itself_answers_with_a_line(desk: Client, handed_in: Submission) -> None:
    page = words(sent(desk, handed_in, "draft", put_down(handed_in, 2, None), **{"hx-request": "true"}))

    assert "Saved at" in page
    assert "<html" not in page
    assert JudgementDraft.objects.count() == 1


def test_nothing_is_lost_when_a_level_is_missing(desk: Client, handed_in: Submission) -> None:
    form = put_down(handed_in, 3, None, **{"comment-1": "Smooth", "comment": "Go on"})

    page = words(sent(desk, handed_in, "judge", form))

    assert "Choose a level for “How well: bake”." in page
    assert page.count(" checked") == 1
    assert page.count("autofocus") == 1
    assert ("Smooth" in page, "Go on" in page) == (True, True)
    assert (Judgement.objects.count(), JudgementDraft.objects.get().entries["comment"]) == (0, "Go on")


def test_a_level_of_another_criterion_counts_as_none(desk: Client, handed_in: Submission) -> None:
    form = put_down(handed_in, 3, 3)
    form["level-2"] = form["level-1"]

    assert "Choose a level for “How well: bake”." in words(sent(desk, handed_in, "judge", form))


def test_text_with_nul_is_taken_without_it(desk: Client, handed_in: Submission) -> None:
    assert sent(desk, handed_in, "draft", put_down(handed_in, 3, 3, comment="a\0b")).status_code == 302
    assert JudgementDraft.objects.get().entries["comment"] == "ab"


# --- judging ----------------------------------------------------------------------------------------------------------


def test_judging_records_evidence_and_opens_the_next(
    desk: Client, assessor: User, handed_in: Submission, grace: Learner, loaf: Assessment
) -> None:
    next_one = hand_in(grace, loaf, at=TUESDAY)

    response = sent(
        desk, handed_in, "judge", put_down(handed_in, 3, 4, **{"comment-2": "Golden", "comment": "Well done"})
    )

    assert response.url == page_of(next_one)
    assert "Assessed. 1 more waits for you." in body(desk, response.url)
    assert list(Evidence.objects.order_by("pk").values_list("level__rank", "assessor")) == [
        (3, assessor.pk),
        (4, assessor.pk),
    ]
    second = handed_in.assessment_revision.rubric_revision.criteria.get(sequence=2)
    assert JudgementBody.objects.get().content == {"": "Well done", str(second.public_id): "Golden"}
    assert not JudgementDraft.objects.exists()


def test_the_next_one_comes_after_this_one_and_at_the_end_from_the_beginning(
    desk: Client, ada: Learner, grace: Learner, loaf: Assessment
) -> None:
    skipped, this = hand_in(ada, loaf, at=MONDAY), hand_in(grace, loaf, at=TUESDAY)
    later = hand_in(learner_recipe.make(), loaf, at=FRIDAY)

    assert sent(desk, this, "judge", put_down(this, 3, 3)).url == page_of(later)
    assert sent(desk, later, "judge", put_down(later, 3, 3)).url == page_of(skipped)
    assert sent(desk, skipped, "judge", put_down(skipped, 3, 3)).url == QUEUE


def test_what_i_judged_is_listed_and_stays_readable(desk: Client, handed_in: Submission) -> None:
    sent(desk, handed_in, "judge", put_down(handed_in, 3, 4, comment="Well done"))

    listed, page = body(desk, f"{QUEUE}judged/"), body(desk, page_of(handed_in))

    assert "Proficient · Advanced" in listed
    assert "You have assessed this work." in page
    assert "Well done" in page
    assert '<form class="judging-sheet"' not in page


def test_what_i_judged_where_i_judge_no_more_is_not_listed(
    school: Organization, ada: Learner, knead: Competency
) -> None:
    north = branch_of(school, "North")
    client = assessor_at(north)
    user = User.objects.get(pk=client.session["_auth_user_id"])
    judge(hand_in(ada, new_assessment(knead, organization=north)), 3, by=user)
    assert "Ada Lovelace" in body(client, f"{QUEUE}judged/")

    user.role_assignments.update(ends_at=clock.now())
    assignment.make(user=user, role=Role.ASSESSOR, organization=branch_of(school, "South"))

    assert "Ada Lovelace" not in body(client, f"{QUEUE}judged/")


def test_a_colleague_of_this_round_is_not_overheard(
    desk: Client, other_assessor: User, ada: Learner, school: Organization, knead: Competency
) -> None:
    work = hand_in(ada, new_assessment(knead, organization=school, judges_needed=2))
    judge(work, 2, by=other_assessor, comments={"": "Lumpy"})

    assert "Lumpy" not in body(desk, page_of(work))
    sent(desk, work, "judge", put_down(work, 4))
    assert Submission.objects.get(pk=work.pk).state == SubmissionState.JUDGED


def test_feedback_of_earlier_attempts_is_shown(
    desk: Client, other_assessor: User, ada: Learner, loaf: Assessment
) -> None:
    judge(hand_in(ada, loaf), 1, 2, by=other_assessor, comments={"": "Let it rise longer"})
    again = hand_in(ada, loaf, at=FRIDAY)

    page = body(desk, page_of(again))

    assert "Let it rise longer" in page
    assert "Attempt 1" in page
    assert "attempt 2" in page


# --- returning --------------------------------------------------------------------------------------------------------


def test_returning_needs_a_word(desk: Client, handed_in: Submission) -> None:
    page = words(sent(desk, handed_in, "return", put_down(handed_in, 3, None, **{"comment-1": "Smooth"})))

    assert "Say what to revise before you return the work." in page
    assert "Smooth" in page
    assert Submission.objects.get().state == SubmissionState.SUBMITTED


def test_returned_work_tells_the_learner_all_that_was_said(desk: Client, handed_in: Submission) -> None:
    form = put_down(handed_in, None, None, **{"comment-1": "Longer", "comment": "Please revise"})

    response = sent(desk, handed_in, "return", form)

    assert response.url == QUEUE
    assert JudgementBody.objects.get().content == {"": "Please revise\n\nHow well: knead: Longer"}
    assert Judgement.objects.get().outcome == JudgementOutcome.RETURNED
    assert "Returned for revision" in body(desk, f"{QUEUE}judged/")


# --- others were quicker ----------------------------------------------------------------------------------------------


def test_when_somebody_else_judged_meanwhile_it_is_told_and_ones_own_words_are_kept(
    desk: Client, other_assessor: User, handed_in: Submission, grace: Learner, loaf: Assessment
) -> None:
    waiting = hand_in(grace, loaf, at=TUESDAY)
    judge(handed_in, 2, 2, by=other_assessor)

    page = words(sent(desk, handed_in, "judge", put_down(handed_in, 4, 4, comment="Mine")))

    assert f"{other_assessor.display_name} has assessed this work. It needs no further assessment." in page
    assert "It was not recorded" in page
    assert "Mine" in page
    assert page_of(waiting) in page
    assert Judgement.objects.count() == 1


def test_saving_by_itself_says_that_somebody_else_judged(
    desk: Client, other_assessor: User, handed_in: Submission
) -> None:
    judge(handed_in, 2, 2, by=other_assessor)

    page = words(sent(desk, handed_in, "draft", put_down(handed_in, 4, 4), **{"hx-request": "true"}))

    assert "has assessed this work" in page
    assert "<html" not in page
    assert not JudgementDraft.objects.exists()


def test_judging_twice_in_two_tabs_is_told(
    desk: Client, assessor: User, ada: Learner, school: Organization, knead: Competency
) -> None:
    work = hand_in(ada, new_assessment(knead, organization=school, judges_needed=2))
    judge(work, 2, by=assessor)

    page = words(sent(desk, work, "judge", put_down(work, 4)))

    assert "You have assessed this work. It waits for another assessor." in page
    assert Judgement.objects.count() == 1


def test_work_that_the_learner_took_back_is_told(desk: Client, handed_in: Submission) -> None:
    form = put_down(handed_in, 3, 3)
    withdraw(handed_in)

    page = words(sent(desk, handed_in, "judge", form))

    assert "The learner has withdrawn this work." in page
    assert "A loaf." not in page


def test_a_form_of_an_earlier_round_does_not_judge_the_next(
    desk: Client, other_assessor: User, handed_in: Submission
) -> None:
    form = put_down(handed_in, 4, 4, comment="Of the old loaf")
    return_submission(handed_in, by=other_assessor, comments="More salt.", at=MONDAY)
    save_words(handed_in, text="Salted.")
    submit_work(handed_in, performed_on=FEBRUARY, at=TUESDAY)

    page = words(sent(desk, handed_in, "judge", form))

    assert "handed in again after you had opened it" in page
    assert ("Of the old loaf" in page, "Salted." in page, "Read it again" in page) == (True, True, True)
    assert not Evidence.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_judge_at_once_one_is_told_that_the_other_was_quicker(
    assessor: User, other_assessor: User, handed_in: Submission
) -> None:
    clients = [signed_in_client(person) for person in (assessor, other_assessor)]
    form = put_down(handed_in, 3, 3, comment="Mine")
    answers: list[str] = []

    raised = together(*(lambda client=client: answers.append(answer_to(client, handed_in, form)) for client in clients))

    assert raised == []
    assert sorted(answers) == ["judged", "others were quicker"]
    assert (Judgement.objects.count(), Evidence.objects.count()) == (1, 2)


def answer_to(client: Client, submission: Submission, form: dict[str, str]) -> str:
    """What judging this work answers."""
    response = sent(client, submission, "judge", form)
    kept = "has assessed this work" in words(response) and "Mine" in words(response)
    return "others were quicker" if kept else "judged" if response.status_code == 302 else "lost"
