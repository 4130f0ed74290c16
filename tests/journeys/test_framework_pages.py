"""The public pages of frameworks, looked at by axe in every light and width, and walked through by keyboard."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from competencies.actions import import_package, receive_upload
from competencies.models import Competency, Framework
from tests.competencies.packages import FIXTURE, encoded, large, nested, small
from tests.journeys.conftest import Visitor
from tests.journeys.looks import faults_of, look_at
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


@pytest.fixture
def large_framework(transactional_db: None) -> Framework:
    import_package(encoded(nested(600)), at=LONG_AGO, publish=True)
    row: Framework = Framework.objects.get()
    return row


def test_a_folded_framework_has_no_fault_in_any_light(visit: Visit, large_framework: Framework) -> None:
    branch = large_framework.competencies.get(code="item 0008")
    place = reverse("competencies:branch", args=[large_framework.public_id, branch.public_id])

    faults = look_at(visit, large_framework.get_absolute_url(), name="framework-folded")
    faults += look_at(visit, large_framework.get_absolute_url(), name="framework-folded-ar", language="ar")
    faults += look_at(visit, place, name="framework-branch")
    faults += look_at(visit, place, name="framework-branch-ar", language="ar")

    assert faults == []


def test_a_branch_is_unfolded_in_place_by_keyboard(visit: Visit, large_framework: Framework) -> None:
    branch = large_framework.competencies.get(code="item 0008")
    below = large_framework.competencies.get(code="item 0057")
    visitor = visit()
    page = visitor.open(large_framework.get_absolute_url())
    where = page.url
    expect(page.locator(f"[id='{below.public_id}']")).to_have_count(0)

    page.locator(f"[id='fold-{branch.public_id}']").focus()
    page.keyboard.press("Enter")

    expect(page.locator(f"[id='{below.public_id}']")).to_be_visible()
    summary = page.locator(f"summary[id='fold-{branch.public_id}']")
    expect(summary).to_be_focused()
    assert (page.url, faults_of(page, "framework-unfolded")) == (where, [])
    page.keyboard.press("Enter")
    expect(page.locator(f"[id='{below.public_id}']")).to_be_hidden()


def test_a_branch_is_a_page_where_no_script_runs(
    browser: Browser, live_server: LiveServer, large_framework: Framework
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + large_framework.get_absolute_url())

    page.get_by_role("link", name="item 0008").first.click()

    expect(page.locator("h1")).to_contain_text("item 0008")
    expect(page.get_by_text("item 0057 is done")).to_be_visible()
    context.close()


def test_a_long_list_is_read_on_in_place(visit: Visit, transactional_db: None) -> None:
    import_package(encoded(large(200)), at=LONG_AGO, publish=True)
    page = visit(width="phone").open(Framework.objects.get().get_absolute_url())

    page.get_by_role("link", name="Show 81 to 160 of 200").press("Enter")

    expect(page.get_by_text("81 to 160 of 200", exact=True)).to_be_focused()
    expect(page.locator(".node-leaf")).to_have_count(160)
    page.get_by_role("link", name="Show 161 to 200 of 200").click()
    expect(page.locator(".node-leaf")).to_have_count(200)
    assert faults_of(page, "framework-read-on") == []


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

    expect(page.locator("#import-state h2")).to_have_text("Checked, waiting for your decision", timeout=10_000)
    expect(page.locator("#import-state table")).to_be_visible()
