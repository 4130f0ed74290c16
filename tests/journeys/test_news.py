"""A learner's open pages show what was judged, within seconds and without being loaded again."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.actions.learners import create_learner
from accounts.models import Role, User
from programs.enrollment.actions.enrolling import enroll
from programs.models import ProgramVersion
from tests.assessments.places import MONDAY, TUESDAY, new_competency, new_framework, new_scale, show
from tests.assessments.work import hand_in, judge, new_assessment
from tests.journeys.conftest import Visitor
from tests.journeys.looks import look_at
from tests.programs.places import published
from tests.recipes import institution, make_staff, make_user, signed_in_client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Visitor]
SOON = 5_000  # milliseconds


def test_open_pages_show_a_judgement_without_being_loaded_again(visit: Visit, transactional_db: None) -> None:
    school, assessor, user = institution.make(), make_staff(Role.ASSESSOR), make_user()
    scale, framework = new_scale(), new_framework()
    knead, bake = (new_competency(framework, code, scale) for code in ("knead", "bake"))
    loaf = new_assessment(knead, organization=school)
    new_assessment(bake, organization=school, title="Bake it")
    bread: ProgramVersion = published(school, "Bread", knead, bake)
    ada = create_learner("Ada Lovelace", by=assessor, at=MONDAY, user=user)
    enrollment = enroll(ada, version=bread, on=date(2026, 3, 2), by=None, at=MONDAY)
    work = hand_in(ada, loaf, at=TUESDAY)
    session = signed_in_client(user).session.session_key or ""
    visitor = visit(session=session)
    way, home, shown = (
        visitor.open(place) for place in (f"/pathway/{enrollment.public_id}/", "/", "/coursework/evidence/")
    )
    expect(way.locator(".pathway-leaf").first).to_contain_text("No level reached yet")
    for page in (way, home, shown):
        page.evaluate("document.body.dataset.here = 'still'")

    judge(work, 3, by=assessor, at=TUESDAY)

    expect(way.locator(".pathway-leaf").first).to_contain_text("Level reached: Proficient", timeout=SOON)
    expect(way.locator(".pathway-leaf").first).to_contain_text("Mastered")
    expect(way.locator(".pathway-figures")).to_contain_text("1 of 2")
    expect(way.get_by_role("status")).to_have_text("There is news on this page.")
    expect(home.locator(".home-figures")).to_contain_text("1 of 2", timeout=SOON)
    expect(shown.locator(".card").first).to_contain_text("Proficient", timeout=SOON)
    for page in (way, home, shown):
        assert page.evaluate("document.body.dataset.here") == "still"


def test_the_first_page_of_a_learner_has_no_fault_in_any_light(visit: Visit, transactional_db: None) -> None:
    school, assessor = institution.make(), make_staff(Role.ASSESSOR)
    user: User = make_user()
    scale, framework = new_scale(), new_framework()
    skills = [new_competency(framework, code, scale) for code in ("knead", "bake", "shape")]
    new_assessment(*skills, organization=school)
    ada = create_learner("Ada Lovelace", by=assessor, at=MONDAY, user=user)
    enroll(ada, version=published(school, "Bread", *skills), on=date(2026, 3, 2), by=None, at=MONDAY)
    show(ada, skills[0], 3, by=assessor, at=TUESDAY)
    session = signed_in_client(user).session.session_key or ""

    found = look_at(visit, "/", name="learner-home", session=session)
    found += look_at(visit, "/", name="learner-home-ar", session=session, language="ar")

    assert found == []
