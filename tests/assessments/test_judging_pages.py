"""The assessor's pages: who sees which work, what they show, what they cost."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from accounts.actions.links import link_records
from accounts.models import Learner, Organization, Role, User
from assessments.errors import NotYourWorkToJudgeError
from assessments.models import (
    Assessment,
    Judgement,
    JudgementDraft,
    Submission,
)
from assessments.work.actions.files import add_file
from assessments.work.actions.judging import return_submission
from assessments.work.actions.submissions import add_link, save_words, start_submission, submit_work
from competencies.models import Competency
from tests.assessments.judging_pages import QUEUE, assessor_at, body, branch_of, page_of, put_down, sent, words
from tests.assessments.places import FEBRUARY, MONDAY, TUESDAY
from tests.assessments.work import hand_in, judge, new_assessment
from tests.recipes import LONG_AGO, assignment, make_staff, make_user, signed_in_client
from tests.recipes import learner as learner_recipe

pytestmark = pytest.mark.django_db


# --- who sees which work ----------------------------------------------------------------------------------------------


def test_the_queue_holds_what_waits_longest_first(
    desk: Client, ada: Learner, grace: Learner, loaf: Assessment, school: Organization, knead: Competency
) -> None:
    hand_in(ada, loaf, at=TUESDAY)
    hand_in(grace, new_assessment(knead, organization=school, title="Knead a dough"), at=MONDAY)

    page = body(desk, QUEUE)

    assert page.index("Knead a dough") < page.index("Bake a loaf")
    assert "Ada Lovelace" in page
    assert "attempt 1" in page
    assert ("2 criteria" in page, "1 criterion" in page) == (True, True)
    assert "waits for" in page


def test_an_empty_queue_says_so(desk: Client) -> None:
    assert "Nothing to do right now" in body(desk, QUEUE)


def test_only_work_of_ones_own_organization_and_its_branches_is_seen(
    school: Organization, ada: Learner, knead: Competency
) -> None:
    north, south = (branch_of(school, name) for name in ("North", "South"))
    there = hand_in(ada, new_assessment(knead, organization=north, title="Northern bread"))

    clients = [assessor_at(school), assessor_at(north), assessor_at(south)]

    assert ["Northern bread" in body(client, QUEUE) for client in clients] == [True, True, False]
    assert [client.get(page_of(there)).status_code for client in clients] == [200, 200, 404]
    form = put_down(there, 3, comment="No")
    answers = [sent(clients[2], there, act, form).status_code for act in ("draft", "judge", "return")]
    assert answers == [404, 404, 404]
    assert not Judgement.objects.exists()


def test_a_role_that_has_ended_opens_nothing(handed_in: Submission, school: Organization) -> None:
    user = make_staff(Role.ADVISOR)
    assignment.make(user=user, role=Role.ASSESSOR, organization=school, starts_at=LONG_AGO, ends_at=MONDAY)
    client = signed_in_client(user)

    assert [client.get(path).status_code for path in (QUEUE, page_of(handed_in))] == [403, 403]


def test_an_assessor_does_not_meet_their_own_work(assessor: User, desk: Client, loaf: Assessment) -> None:
    own = hand_in(learner_recipe.make(user=assessor), loaf)

    assert "Bake a loaf" not in body(desk, QUEUE)
    assert "This is your own work: somebody else assesses it." in body(desk, page_of(own))


def test_nor_their_own_under_a_linked_record_though_they_read_its_files(
    assessor: User, desk: Client, ada: Learner, grace: Learner, loaf: Assessment
) -> None:
    """Three records are linked, and the account belongs neither to the work's nor to the one that carries mastery."""
    own = learner_recipe.make(user=assessor)
    for one, other in ((ada, grace), (grace, own)):
        link_records(one, other=other, reason="the same person", by=make_staff(Role.REGISTRAR), at=MONDAY)
    work = start_submission(grace, assessment=loaf, at=MONDAY)
    artifact = add_file(work, upload=ContentFile(b"Flour, water, salt.", name="recipe.txt"), at=MONDAY)
    address = f"/coursework/files/{artifact.public_id}/"

    download: Any = desk.get(address)
    assert b"".join(download.streaming_content) == b"Flour, water, salt."
    assert signed_in_client(make_staff(Role.REGISTRAR)).get(address).status_code == 404

    submit_work(work, performed_on=FEBRUARY, at=MONDAY)
    assert "Bake a loaf" not in body(desk, QUEUE)
    # They may have judged it, and be writing about it, when the records are linked: nothing typed is lost.
    for act in ("draft", "judge", "return"):
        page = words(sent(desk, work, act, put_down(work, 3, None, comment="What I had typed")))
        assert "This is your own work: somebody else assesses it." in page
        assert "What I had typed" in page
    assert not JudgementDraft.objects.exists()
    with pytest.raises(NotYourWorkToJudgeError):
        judge(work, 3, 3, by=assessor)


def test_a_draft_of_a_learner_is_nobody_elses(desk: Client, ada: Learner, loaf: Assessment) -> None:
    begun = start_submission(ada, assessment=loaf, at=MONDAY)

    assert desk.get(page_of(begun)).status_code == 404


def test_work_that_was_returned_is_not_read_while_the_learner_writes(
    desk: Client, handed_in: Submission, other_assessor: User
) -> None:
    return_submission(handed_in, by=other_assessor, comments="More salt.", at=TUESDAY)
    save_words(handed_in, text="Half a thought")

    page = body(desk, page_of(handed_in))

    assert "Half a thought" not in page
    assert "has returned this work for revision" in page
    assert "More salt." in page


# --- what they cost ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_the_same_queries_whatever_waits(
    assessor: User, desk: Client, loaf: Assessment, count: int, django_assert_num_queries: Any
) -> None:
    for _number in range(count):
        hand_in(learner_recipe.make(), loaf)

    with django_assert_num_queries(10):
        desk.get(QUEUE)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_what_was_judged_takes_the_same_queries(
    assessor: User, desk: Client, loaf: Assessment, count: int, django_assert_num_queries: Any
) -> None:
    for _number in range(count):
        judge(hand_in(learner_recipe.make(), loaf), 3, 3, by=assessor)

    with django_assert_num_queries(13):
        desk.get(f"{QUEUE}judged/")


def test_the_queue_comes_in_pages(desk: Client, loaf: Assessment) -> None:
    for number in range(32):
        hand_in(learner_recipe.make(), loaf, at=MONDAY + timedelta(minutes=number))
    first = body(desk, QUEUE)
    last_of_first = Submission.objects.order_by("submitted_at")[29]

    second = body(desk, f"{QUEUE}?after={last_of_first.public_id}")

    assert first.count("card-linked") == 30
    assert f"?after={last_of_first.public_id}" in first
    assert second.count("card-linked") == 2
    assert desk.get(f"{QUEUE}?after=nonsense").status_code == 200


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_the_learners_words_are_text_and_links_lead_out_safely(desk: Client, ada: Learner, loaf: Assessment) -> None:
    work = start_submission(ada, assessment=loaf, at=MONDAY)
    save_words(work, text="<script>alert(1)</script>")
    add_link(work, address="https://example.org/loaf", name="My <b>loaf</b>", at=MONDAY)
    submit_work(work, performed_on=FEBRUARY, at=MONDAY)

    page = body(desk, page_of(work))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert '<a href="https://example.org/loaf" target="_blank" rel="noopener noreferrer">' in page
    assert "My &lt;b&gt;loaf&lt;/b&gt;" in page


def test_a_file_opens_through_its_guarded_address(desk: Client, ada: Learner, loaf: Assessment) -> None:
    work = start_submission(ada, assessment=loaf, at=MONDAY)
    artifact = add_file(work, upload=ContentFile(b"Flour, water, salt.", name="recipe.txt"), at=MONDAY)
    submit_work(work, performed_on=FEBRUARY, at=MONDAY)
    address = f"/coursework/files/{artifact.public_id}/"

    assert f'<a href="{address}" target="_blank" rel="noopener noreferrer"><bdi>recipe.txt</bdi></a>' in body(
        desk, page_of(work)
    )
    download: Any = desk.get(address)  # a file is streamed
    assert b"".join(download.streaming_content) == b"Flour, water, salt."


def test_the_first_page_tells_an_assessor_how_much_waits(desk: Client, ada: Learner, loaf: Assessment) -> None:
    calm = body(desk, "/")
    hand_in(ada, loaf, at=MONDAY)
    home = body(desk, "/")

    assert f'href="{QUEUE}"' in calm
    assert ("The oldest waits for" in calm, "The oldest waits for" in home) == (False, True)
    assert '<p class="figure">1</p>' in home


def test_other_people_are_shown_no_way_to_it(ada: Learner, registrar: User) -> None:
    user = make_user()
    learner_recipe.make(user=user)

    assert [f'href="{QUEUE}"' in body(signed_in_client(person), "/") for person in (user, registrar)] == [False, False]
