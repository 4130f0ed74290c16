"""The sidebar lists tasks in groups, counts what waits, and shows nobody what they may not do."""

from functools import partial

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from accounts.permissions import Actor, holds, is_staff
from core.desk.sidebar import SidebarEntry, add_sidebar_entry, sidebar
from tests.recipes import make_staff

pytestmark = [pytest.mark.urls("tests.core.desk.urls"), pytest.mark.django_db]


def reads_everything(user: Actor) -> bool:
    return holds(user, Role.INSPECTOR)


PLACES = SidebarEntry(
    group="Institution", label="Organizations", route="admin:accounts_organization_changelist", may=is_staff
)
PEOPLE = SidebarEntry(
    "People",
    "Accounts",
    "admin:accounts_user_changelist",
    may=reads_everything,
    badge=lambda user: User.objects.filter(pk=user.pk).order_by("email"),
    place=10,
)


@pytest.fixture(autouse=True)
def _own_tasks(_no_tasks_of_the_product: None) -> None:
    add_sidebar_entry(PLACES)
    add_sidebar_entry(PEOPLE)


def seen_by(user: User, path: str = "/admin/") -> list[tuple[str, list[tuple[str, int, bool]]]]:
    request = RequestFactory().get(path)
    request.user = user
    return [
        (group, [(str(line.entry.label), line.waiting, line.here) for line in lines])
        for group, lines in sidebar(request)
    ]


def test_groups_stand_in_the_order_of_their_first_task_with_what_waits() -> None:
    inspector = make_staff(Role.INSPECTOR)

    assert seen_by(inspector) == [("People", [("Accounts", 1, False)]), ("Institution", [("Organizations", 0, False)])]


def _waiting(rows: QuerySet[User], _user: User) -> QuerySet[User]:
    return rows


def test_one_query_counts_what_waits_in_all_lines() -> None:
    inspector = make_staff(Role.INSPECTOR)
    for number, rows in enumerate((User.objects.none(), User.objects.filter(pk=0), User.objects.all())):
        route = f"admin:accounts_{('learner', 'roleassignment', 'approval')[number]}_changelist"
        badge = partial(_waiting, rows)
        add_sidebar_entry(SidebarEntry("People", f"Waiting {number}", route, may=reads_everything, badge=badge))
    with CaptureQueriesContext(connection) as queries:
        (_group, lines), _institution = seen_by(inspector)

    assert [(label, waiting) for label, waiting, _here in lines] == [
        ("Accounts", 1),
        ("Waiting 0", 0),
        ("Waiting 1", 0),
        ("Waiting 2", User.objects.count()),
    ]
    assert len([query for query in queries if "COUNT" in query["sql"]]) == 1


def test_a_task_that_a_person_may_not_do_is_not_shown() -> None:
    registrar = make_staff(Role.REGISTRAR)

    assert seen_by(registrar) == [("Institution", [("Organizations", 0, False)])]


def test_the_task_that_a_page_belongs_to_is_marked() -> None:
    registrar = make_staff(Role.REGISTRAR)

    assert seen_by(registrar, "/admin/accounts/organization/add/") == [("Institution", [("Organizations", 0, True)])]


def test_a_second_task_for_a_route_takes_the_place_of_the_first() -> None:
    add_sidebar_entry(SidebarEntry(group="Institution", label="Partners", route=PLACES.route, may=is_staff))

    assert seen_by(make_staff(Role.REGISTRAR)) == [("Institution", [("Partners", 0, False)])]


def test_every_page_shows_the_tasks(registrar: Client) -> None:
    page = registrar.get("/admin/accounts/organization/").content.decode()

    assert '<a class="desk-task" href="/admin/accounts/organization/" aria-current="page">' in page
