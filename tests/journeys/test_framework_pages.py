"""The public pages of frameworks, looked at by axe in every light and width, and walked through by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from accounts.models import Role
from competencies.actions import import_package, receive_upload
from competencies.models import Competency, Framework
from tests.competencies.packages import FIXTURE, encoded, large, small
from tests.journeys.conftest import Visitor
from tests.journeys.looks import look_at
from tests.recipes import LONG_AGO, make_staff, signed_in_client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Visitor]


@pytest.fixture
def care(transactional_db: None) -> Framework:
    import_package(FIXTURE.read_bytes(), at=LONG_AGO, publish=True)
    row: Framework = Framework.objects.get()
    return row


def test_the_framework_pages_have_no_fault_in_any_light(visit: Visit, care: Framework) -> None:
    plan = care.competencies.get(code="ADC.D1", language="en")

    faults = look_at(visit, "/frameworks/", name="frameworks")
    faults += look_at(visit, care.get_absolute_url(), name="framework")
    faults += look_at(visit, f"{care.get_absolute_url()}?q=data", name="framework-search")
    faults += look_at(visit, plan.get_absolute_url(), name="competency")

    assert faults == []


def test_the_framework_pages_have_no_fault_from_right_to_left(visit: Visit, care: Framework) -> None:
    plan = care.competencies.get(code="ADC.D1", language="en")

    faults = look_at(visit, care.get_absolute_url(), name="framework-ar", language="ar")
    faults += look_at(visit, plan.get_absolute_url(), name="competency-ar", language="ar")

    assert faults == []


def test_the_tree_is_walked_by_keyboard(visit: Visit, transactional_db: None) -> None:
    import_package(encoded(large(80)), at=LONG_AGO, publish=True)
    page = visit().open(Framework.objects.get().get_absolute_url())
    branch = page.locator("summary")
    first = page.locator(".node-leaf").first
    expect(first).to_be_visible()

    branch.focus()
    page.keyboard.press("Enter")
    expect(first).to_be_hidden()
    page.keyboard.press("Space")
    expect(first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_contain_text("item 0000")


def test_a_deep_link_shows_its_item(visit: Visit, care: Framework) -> None:
    last = Competency.objects.get(code="ADC.T8", language="en")

    page = visit().open(f"{care.get_absolute_url()}?open={last.public_id}#{last.public_id}")

    expect(page.locator(f"[id='{last.public_id}']")).to_be_in_viewport()


def test_an_upload_shows_how_far_it_is_without_being_asked(visit: Visit, transactional_db: None) -> None:
    from competencies.tasks import check_case_file

    designer = make_staff(Role.CURRICULUM_DESIGNER)
    row = receive_upload(encoded(small()), file_name="bread.json", publish=False, by=designer, at=LONG_AGO)
    session = signed_in_client(designer).session.session_key or ""
    page = visit(session=session).open(f"/admin/competencies/caseimport/{row.pk}/change/")
    expect(page.locator("#import-state h2")).to_have_text("Waiting to be checked")

    check_case_file(row.pk)

    expect(page.locator("#import-state h2")).to_have_text("Checked, waiting for your word", timeout=10_000)
    expect(page.locator("#import-state table")).to_be_visible()
