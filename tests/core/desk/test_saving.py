"""What is written on the desk goes through an action, with a reason, and leaves a history."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import Organization, OrganizationKind
from core.desk.history import chapter_of
from core.history import because
from tests.recipes import institution

pytestmark = [pytest.mark.urls("tests.core.desk.urls"), pytest.mark.django_db]
MOVED = {
    "name": "Lakeside College",
    "kind": "ours",
    "address": "99 Harbour Street",
    "time_zone": "Europe/Berlin",
    "languages": "en,de",
    "why": "The college has moved.",
}


def change(client: Client, organization: Organization, **said: str) -> str:
    answer = client.post(f"/admin/accounts/organization/{organization.pk}/change/", {**MOVED, **said}, follow=True)
    return answer.content.decode()


def test_a_form_saves_through_its_action_and_shows_the_record(registrar: Client, college: Organization) -> None:
    page = change(registrar, college)

    college.refresh_from_db()
    assert (college.address, college.time_zone) == ("99 Harbour Street", "Europe/Berlin")
    assert "Saved: Lakeside College" in page
    assert "<h1>Lakeside College</h1>" in page


def test_a_change_without_a_reason_is_not_made(registrar: Client, college: Organization) -> None:
    page = change(registrar, college, why=" ")

    college.refresh_from_db()
    assert college.time_zone == "Europe/Vienna"
    assert 'aria-describedby="id_why_helptext id_why_error"' in page


def test_a_new_record_needs_no_reason(registrar: Client) -> None:
    answer = registrar.post("/admin/accounts/organization/add/", {**MOVED, "why": ""})

    made = Organization.objects.get()
    assert answer.headers["Location"] == f"/admin/accounts/organization/{made.pk}/change/"


def test_asking_for_a_new_record_leaves_the_question_why_as_it_is(registrar: Client, college: Organization) -> None:
    registrar.get("/admin/accounts/organization/add/")
    change(registrar, college, why="")

    college.refresh_from_db()
    assert college.time_zone == "Europe/Vienna"


def test_what_an_action_refuses_is_said_on_the_form_and_nothing_is_saved(
    registrar: Client, college: Organization
) -> None:
    branch = institution.make(name="School of Care", parent=college)

    page = change(registrar, college, parent=str(branch.pk), name="Lakeside University")

    college.refresh_from_db()
    assert "It would stand above itself. Choose another one above it." in page
    assert 'value="Lakeside University"' in page
    assert college.name == "Lakeside College"


def test_the_admins_own_log_stays_empty(registrar: Client, college: Organization) -> None:
    change(registrar, college)

    assert LogEntry.objects.count() == 0


def test_the_history_says_who_when_why_and_before_and_after(registrar: Client, college: Organization) -> None:
    change(registrar, college)

    page = registrar.get(f"/admin/accounts/organization/{college.pk}/history/").content.decode()
    newest, first = chapter_of(college).entries
    assert (newest.who, newest.why, newest.began) == ("Ines Okafor", "The college has moved.", False)
    assert [(change.label, change.before, change.after) for change in newest.changes] == [
        ("address", "—", "99 Harbour Street"),
        ("time zone", "Europe/Vienna", "Europe/Berlin"),
        ("languages", "en", "en, de"),
    ]
    assert (first.who, first.why, first.began) == ("Cairn itself", "", True)
    assert "<del>Europe/Vienna</del>" in page
    assert "<ins>Europe/Berlin</ins>" in page
    assert f'datetime="{newest.at:%Y-%m-%dT%H:%M}' in page


def test_the_history_sees_writes_that_pass_the_desk_by(registrar: Client, college: Organization) -> None:
    with because("Imported again."):
        Organization.objects.filter(pk=college.pk).update(name="Lakeside University")

    newest = chapter_of(college).entries[0]

    assert (newest.who, newest.why, newest.changes[0].after) == (
        "Cairn itself",
        "Imported again.",
        "Lakeside University",
    )


def test_the_history_names_records_and_choices_in_words(college: Organization) -> None:
    branch = institution.make(name="School of Care", parent=college)
    Organization.objects.filter(pk=branch.pk).update(parent=None, kind=OrganizationKind.PARTNER)

    changes = {change.label: (change.before, change.after) for change in chapter_of(branch).entries[0].changes}

    assert changes == {"branch of": ("Lakeside College", "—"), "kind": ("ours", "partner")}


def test_a_long_history_has_pages_and_each_entry_is_compared_across_them(college: Organization) -> None:
    for number in range(5):
        Organization.objects.filter(pk=college.pk).update(name=f"Name {number}")

    front = chapter_of(college, size=2)
    back = chapter_of(college, before=front.older, size=2)

    assert [entry.changes[0].after for entry in front.entries] == ["Name 4", "Name 3"]
    assert [(entry.changes[0].before, entry.changes[0].after) for entry in back.entries] == [
        ("Name 1", "Name 2"),
        ("Name 0", "Name 1"),
    ]


def test_there_is_nothing_to_revert_from_the_history(registrar: Client, college: Organization) -> None:
    change(registrar, college)

    page = registrar.get(f"/admin/accounts/organization/{college.pk}/history/").content.decode()

    main = page[page.index("<main") : page.index("</main>")]
    assert "<form" not in main
    assert registrar.post(f"/admin/accounts/organization/{college.pk}/history/").status_code == 405
