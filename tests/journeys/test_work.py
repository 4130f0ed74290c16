"""A learner hands work in: looked at by axe in every light, width and direction, and walked through by keyboard."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect
from pytest_django import Settings

from accounts.models import Learner, Organization, Role
from assessments.models import Assessment, Submission
from assessments.work.actions.files import add_file
from assessments.work.actions.judging import return_submission
from assessments.work.actions.submissions import add_link, save_words, start_submission
from tests.assessments.places import TUESDAY, new_competency, new_framework, new_scale
from tests.assessments.work import hand_in, judge, new_assessment
from tests.core.files.makers import pdf
from tests.journeys.conftest import Visitor
from tests.journeys.looks import look_at
from tests.recipes import institution, make_staff, make_user, signed_in_client
from tests.recipes import learner as learner_recipe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Visitor]


@pytest.fixture
def me(transactional_db: None, settings: Settings, tmp_path: Path) -> Learner:
    settings.MEDIA_ROOT = tmp_path / "files"
    row: Learner = learner_recipe.make(user=make_user())
    return row


@pytest.fixture
def session(me: Learner) -> str:
    assert me.user is not None
    return signed_in_client(me.user).session.session_key or ""


def asked(title: str) -> Assessment:
    school = Organization.objects.ours().first() or institution.make()
    competency = new_competency(new_framework(f"Baking for {title}"), title, new_scale(f"Craft of {title}"))
    return new_assessment(competency, organization=school, title=title, instructions="Bake one, and tell how.")


def test_the_pages_of_work_have_no_fault(visit: Visit, me: Learner, session: str) -> None:
    assessor = make_staff(Role.ASSESSOR)
    _offered, begun, returned, judged = (asked(title) for title in ("Loaf", "Roll", "Bun", "Cake"))
    draft = start_submission(me, assessment=begun)
    save_words(draft, text="I mixed flour and water.")
    add_link(draft, address="https://example.org/film", name="My film")
    add_file(draft, upload=ContentFile(pdf(), name="recipe.pdf"))
    back, done = hand_in(me, returned), hand_in(me, judged)
    return_submission(back, by=assessor, comments="Let it rise longer.", at=TUESDAY)
    judge(done, 3, by=assessor, at=TUESDAY, comments={"": "Well risen."})

    pages = {
        "work": "/coursework/",
        "work-draft": f"/coursework/{draft.public_id}/",
        "work-returned": f"/coursework/{back.public_id}/",
        "work-judged": f"/coursework/{done.public_id}/",
        "work-standing": "/coursework/evidence/",
    }
    faults = [fault for name, path in pages.items() for fault in look_at(visit, path, name=name, session=session)]
    for name in ("work", "work-draft", "work-standing"):
        faults += look_at(visit, pages[name], name=f"{name}-ar", session=session, language="ar")

    assert faults == []


def test_work_is_handed_in_by_keyboard_and_saved_on_the_way(visit: Visit, me: Learner, session: str) -> None:
    asked("Loaf")
    page = visit(session=session).open("/coursework/")

    page.get_by_role("button", name="Begin").press("Enter")
    text = page.get_by_label("Your text")
    expect(text).to_be_visible()
    text.focus()
    page.keyboard.type("A loaf of rye.")
    expect(page.locator("#saved")).to_contain_text("Saved at", timeout=10_000)
    work = Submission.objects.get()
    assert work.body.content == "A loaf of rye."
    page.get_by_role("button", name="Hand in").press("Enter")

    expect(page.locator(".badge").first).to_contain_text("Waiting for assessment")
    work.refresh_from_db()
    assert work.state == "submitted"
