"""An assessor's work by keyboard, from the queue to the second piece, and their pages in every light and direction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.actions.learners import create_learner
from accounts.models import Learner, Role, User
from assessments.models import Assessment, Judgement, JudgementDraft, Submission
from assessments.work.actions.judging import return_submission, save_judgement_draft
from assessments.work.actions.submissions import add_link, save_words, start_submission, submit_work
from core import clock
from core.text.canonical import Json
from tests.assessments.places import FEBRUARY, MONDAY, new_competency, new_framework, new_scale
from tests.assessments.work import hand_in, judge, new_assessment
from tests.journeys.conftest import Visitor
from tests.journeys.looks import faults_of, look_at
from tests.recipes import institution, make_staff, signed_in_client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Visitor]
QUEUE = "/judging/"
ENOUGH_TABS = 60
TEXT = """I baked twelve loaves in three weeks and wrote down flour, water, salt and time of each.

The first three stayed flat: the kitchen was cold, and I had not waited. From the fourth on I watched the dough instead
of the clock. The crust of the last two is even, and the crumb is open without holes."""


@dataclass
class Bakery:
    """Two pieces of work wait, one of them a second attempt with links; one was judged."""

    assessor: User
    first: Submission
    second: Submission
    judged: Submission
    session: str


@pytest.fixture
def bakery(transactional_db: None) -> Bakery:
    school = institution.make()
    assessor, colleague = make_staff(Role.ASSESSOR), make_staff(Role.ASSESSOR, display_name="Jana Weber")
    registrar = make_staff(Role.REGISTRAR)
    scale, framework = new_scale(), new_framework()
    skills = [new_competency(framework, code, scale) for code in ("knead a dough", "bake a loaf", "plan a batch")]
    loaf = new_assessment(
        *skills, organization=school, instructions="Bake twelve loaves.\n\nWrite down what you changed, and why."
    )
    ada, grace, mary = (
        create_learner(name, by=registrar, at=MONDAY) for name in ("Ada Lovelace", "Grace Hopper", "Mary Jackson")
    )
    judge(hand_in(ada, loaf), 2, 1, 2, by=colleague, comments={"": "Wait longer before you shape the dough."})
    now = clock.now()
    first = _second_attempt(ada, loaf)
    done = hand_in(mary, loaf, text=TEXT)
    judge(done, 3, 4, 3, by=assessor, comments={"": "An even crust."})
    second = hand_in(grace, loaf, text=TEXT, at=now - timedelta(hours=5))
    return Bakery(assessor, first, second, done, signed_in_client(assessor).session.session_key or "")


def _second_attempt(learner: Learner, loaf: Assessment) -> Submission:
    at = clock.now() - timedelta(days=3)
    work = start_submission(learner, assessment=loaf, at=at)
    save_words(work, text=TEXT)
    add_link(work, address="https://example.org/twelve-loaves", name="The notes of all twelve loaves", at=at)
    add_link(work, address="https://example.org/" + "a-very-long-address" * 6, at=at)
    return submit_work(work, performed_on=FEBRUARY, at=at)


def page_of(submission: Submission) -> str:
    return f"{QUEUE}{submission.public_id}/"


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the focus is there."""
    for _press in range(ENOUGH_TABS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not lead to {target}")


def test_two_pieces_of_work_are_judged_by_keyboard(visit: Visit, bakery: Bakery) -> None:
    page = visit(session=bakery.session).open(QUEUE)
    tab_to(page, page.get_by_role("link", name="Bake a loaf").first)
    page.keyboard.press("Enter")
    expect(page.locator(".judging-facts").first).to_contain_text("Ada Lovelace")

    criteria = page.locator("fieldset")
    tab_to(page, criteria.nth(0).get_by_role("radio").first)
    page.keyboard.press("3")  # the digit
    tab_to(page, page.get_by_label("Comment on this criterion").nth(0))
    page.keyboard.type("Smooth, in 3 steps")
    tab_to(page, criteria.nth(1).get_by_role("radio").first)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")  # as every radio group does
    expect(page.locator("[data-saved]")).to_contain_text("Saved at")
    expect(criteria.nth(0).get_by_role("radio").nth(2)).to_be_checked()
    tab_to(page, page.get_by_role("button", name="Assess and open the next"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("Choose a level for “How well: plan a batch”.")
    expect(criteria.nth(2).get_by_role("radio").first).to_be_focused()
    expect(page.get_by_label("Comment on this criterion").nth(0)).to_have_value("Smooth, in 3 steps")
    assert Judgement.objects.filter(submission=bakery.first).count() == 0
    page.keyboard.press("4")
    tab_to(page, page.get_by_role("button", name="Assess and open the next"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("status").first).to_contain_text("Assessed. 1 more waits for you.")
    expect(page.locator(".judging-facts").first).to_contain_text("Grace Hopper")
    found = Judgement.objects.get(submission=bakery.first).levels.order_by("criterion__sequence")
    assert list(found.values_list("criterion_level__level__rank", flat=True)) == [3, 2, 4]


def test_what_cannot_be_saved_is_said(visit: Visit, bakery: Bakery) -> None:
    visitor = visit(session=bakery.session)
    page = visitor.open(page_of(bakery.first))
    visitor.context.set_offline(True)

    page.get_by_role("radio").first.check()
    expect(page.locator("[data-saved]")).to_contain_text("Not saved")
    visitor.context.set_offline(False)
    page.get_by_role("radio").nth(1).check()

    expect(page.locator("[data-saved]")).to_contain_text("Saved at")
    assert JudgementDraft.objects.filter(submission=bakery.first).count() == 1
    assert "ERR_INTERNET_DISCONNECTED" in visitor.complaints[-1]  # the browser's own words, and htmx's before it
    visitor.complaints.clear()


def test_the_page_that_saves_itself_hears_that_somebody_else_judged(visit: Visit, bakery: Bakery) -> None:
    page = visit(session=bakery.session).open(page_of(bakery.first))
    judge(bakery.first, 3, 3, 3, by=make_staff(Role.ASSESSOR, display_name="Noor Haddad"))

    page.get_by_label("Comment on the whole").fill("Well done")
    expect(page.locator("[data-saved]")).to_contain_text("Noor Haddad has assessed this work.")
    page.get_by_role("button", name="Assess and open the next").click()

    expect(page.get_by_role("heading", name="What you had put down")).to_be_visible()
    expect(page.get_by_text("Well done")).to_be_visible()
    assert faults_of(page, "judging-conflict-desktop-light") == []


def test_the_judging_pages_have_no_fault_in_any_light(visit: Visit, bakery: Bakery) -> None:
    _begin(bakery)

    faults = look_at(visit, QUEUE, name="judging-queue", session=bakery.session)
    faults += look_at(visit, page_of(bakery.first), name="judging-work", session=bakery.session)
    faults += look_at(visit, page_of(bakery.judged), name="judging-closed", session=bakery.session)
    faults += look_at(visit, f"{QUEUE}judged/", name="judging-judged", session=bakery.session)
    faults += look_at(visit, "/", name="home-of-an-assessor", session=bakery.session)

    assert faults == []


def test_the_judging_pages_have_no_fault_from_right_to_left(visit: Visit, bakery: Bakery) -> None:
    _begin(bakery)

    faults = look_at(visit, QUEUE, name="judging-queue-ar", session=bakery.session, language="ar")
    faults += look_at(visit, page_of(bakery.first), name="judging-work-ar", session=bakery.session, language="ar")

    assert faults == []


def test_a_missing_level_and_an_empty_queue_have_no_fault(visit: Visit, bakery: Bakery) -> None:
    page = visit(session=bakery.session).open(page_of(bakery.first))
    page.get_by_role("button", name="Assess and open the next").click()
    expect(page.get_by_role("alert")).to_be_visible()
    faults = faults_of(page, "judging-missing-desktop-light")
    for work in (bakery.first, bakery.second):
        return_submission(work, by=bakery.assessor, comments="Once more")

    page.goto(page.url.split("/judging/")[0] + QUEUE)
    expect(page.get_by_text("Nothing to do right now")).to_be_visible()
    faults += faults_of(page, "judging-empty-desktop-light")

    assert faults == []


def _begin(bakery: Bakery) -> None:
    """A draft of the first piece of work."""
    row = bakery.first.assessment_revision.rubric_revision.criteria.get(sequence=1)
    entries: dict[str, Json] = {
        "levels": {str(row.public_id): str(row.levels.get(level__rank=3).pk)},
        "comments": {str(row.public_id): "Smooth"},
        "comment": "",
    }
    save_judgement_draft(bakery.first, by=bakery.assessor, entries=entries)
