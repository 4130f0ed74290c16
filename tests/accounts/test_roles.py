"""Roles and their assignments."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from accounts import permissions
from accounts.actions.roles import assign_role, end_role
from accounts.actions.users import set_account_open
from accounts.errors import (
    AlreadyEndedError,
    EndsBeforeItStartsError,
    LastRegistrarError,
    RoleElsewhereError,
    RoleHeldError,
)
from accounts.models import Organization, OrganizationKind, Role, RoleAssignment, User
from accounts.permissions import holds, holds_everywhere
from tests.accounts.conftest import FRIDAY, MONDAY, TUESDAY
from tests.recipes import institution, make_staff, signed_in_client

DAY = timedelta(days=1)


@pytest.fixture
def branch(school: Organization) -> Organization:
    made: Organization = institution.make(name="North campus", parent=school)
    return made


@pytest.fixture
def partner(db: None) -> Organization:
    made: Organization = institution.make(name="Acme", kind=OrganizationKind.PARTNER)
    return made


def test_a_role_holds_at_once_and_ends_at_once(person: User, registrar: User) -> None:
    assignment = assign_role(person, role=Role.ASSESSOR, by=registrar, at=MONDAY)
    end_role(assignment, by=registrar, at=TUESDAY, reason="left")
    fresh = User.objects.get(pk=person.pk)

    assert [holds(fresh, Role.ASSESSOR, at=at) for at in (MONDAY - DAY, MONDAY, TUESDAY)] == [False, True, False]


def test_a_role_at_the_school_reaches_its_branches(
    person: User, registrar: User, school: Organization, branch: Organization
) -> None:
    assign_role(person, role=Role.ASSESSOR, organization=school, by=registrar, at=MONDAY)

    assert [holds(person, Role.ASSESSOR, organization=place) for place in (school, branch)] == [True, True]


def test_a_role_at_a_branch_does_not_reach_up(
    person: User, registrar: User, school: Organization, branch: Organization
) -> None:
    assign_role(person, role=Role.ASSESSOR, organization=branch, by=registrar, at=MONDAY)

    assert [holds(person, Role.ASSESSOR, organization=place) for place in (school, branch)] == [False, True]


def test_a_limited_registrar_hands_out_no_roles(person: User, registrar: User, branch: Organization) -> None:
    assign_role(person, role=Role.REGISTRAR, organization=branch, by=registrar, at=MONDAY)

    assert [permissions.may_assign_roles(person), permissions.may_change_learners(person)] == [False, True]


def test_nobody_holds_one_role_twice_in_one_place(person: User, registrar: User) -> None:
    assign_role(person, role=Role.ASSESSOR, by=registrar, at=MONDAY)

    with pytest.raises(RoleHeldError):
        assign_role(person, role=Role.ASSESSOR, by=registrar, at=FRIDAY)


def test_a_role_can_be_given_again_after_it_ended(person: User, registrar: User) -> None:
    end_role(assign_role(person, role=Role.ASSESSOR, by=registrar, at=MONDAY), by=registrar, at=TUESDAY, reason="leave")

    assert assign_role(person, role=Role.ASSESSOR, by=registrar, at=TUESDAY).ends_at is None


def test_a_role_called_off_before_it_began_leaves_its_time_free(person: User, registrar: User) -> None:
    planned = assign_role(person, role=Role.ASSESSOR, by=registrar, at=MONDAY, starts_at=FRIDAY)
    ended = end_role(planned, by=registrar, at=TUESDAY, reason="changed her mind")

    assert (ended.starts_at, ended.ends_at) == (FRIDAY, FRIDAY)
    assert assign_role(person, role=Role.ASSESSOR, by=registrar, at=MONDAY).pk


def test_a_role_ends_once(person: User, registrar: User) -> None:
    assignment = end_role(
        assign_role(person, role=Role.ASSESSOR, by=registrar, at=MONDAY), by=registrar, at=TUESDAY, reason="left"
    )

    with pytest.raises(AlreadyEndedError):
        end_role(assignment, by=registrar, at=FRIDAY, reason="left")


def test_a_role_does_not_end_before_it_starts(person: User, registrar: User) -> None:
    with pytest.raises(EndsBeforeItStartsError):
        assign_role(person, role=Role.ASSESSOR, by=registrar, at=MONDAY, ends_at=MONDAY)


def test_partner_administrators_serve_at_partners_only(
    person: User, registrar: User, school: Organization, partner: Organization
) -> None:
    for place in (None, school):
        with pytest.raises(RoleElsewhereError):
            assign_role(person, role=Role.PARTNER_ADMINISTRATOR, organization=place, by=registrar, at=MONDAY)

    assert assign_role(person, role=Role.PARTNER_ADMINISTRATOR, organization=partner, by=registrar, at=MONDAY).pk


def test_others_do_not_serve_at_partners(person: User, registrar: User, partner: Organization) -> None:
    with pytest.raises(RoleElsewhereError):
        assign_role(person, role=Role.REGISTRAR, organization=partner, by=registrar, at=MONDAY)


def test_the_last_registrar_stays(registrar: User) -> None:
    with pytest.raises(LastRegistrarError):
        end_role(registrar.role_assignments.get(), by=registrar, at=datetime.now(UTC), reason="leaving")


def test_a_registrar_whose_end_is_set_does_not_count_as_another(registrar: User, person: User) -> None:
    assign_role(person, role=Role.REGISTRAR, by=registrar, at=MONDAY, ends_at=FRIDAY)

    with pytest.raises(LastRegistrarError):
        end_role(registrar.role_assignments.get(), by=registrar, at=TUESDAY, reason="leaving")


def test_the_last_registrars_account_stays_open(registrar: User) -> None:
    with pytest.raises(LastRegistrarError):
        set_account_open(registrar, may_sign_in=False, by=registrar, at=TUESDAY, reason="leaving")


def test_one_of_two_registrars_can_leave(registrar: User) -> None:
    other = make_staff(Role.REGISTRAR)

    assert end_role(registrar.role_assignments.get(), by=other, at=TUESDAY, reason="leaving").ends_at == TUESDAY


def test_strangers_and_closed_accounts_hold_nothing(registrar: User) -> None:
    leaving = make_staff(Role.REGISTRAR)
    closed = set_account_open(leaving, may_sign_in=False, by=registrar, at=TUESDAY, reason="left")

    assert [holds(AnonymousUser(), *Role), holds(closed, *Role), holds_everywhere(closed, *Role)] == [False] * 3
    assert not closed.is_staff


def test_an_inspector_reads_everything_and_writes_nothing(db: None) -> None:
    inspector = make_staff(Role.INSPECTOR)
    allowed = {name for name in vars(permissions) if name.startswith("may_") and getattr(permissions, name)(inspector)}

    assert allowed == {name for name in vars(permissions) if name.startswith("may_read_")}


def test_a_role_without_an_assignment_opens_nothing(person: User) -> None:
    allowed = {name for name in vars(permissions) if name.startswith("may_") and getattr(permissions, name)(person)}

    assert allowed == set()


def test_django_grants_nobody_anything(registrar: User) -> None:
    assert not registrar.has_perm("accounts.change_learner")
    assert not registrar.has_perms(["accounts.view_learner"])
    assert not registrar.has_module_perms("accounts")


def test_rights_cost_one_query_however_often_asked(registrar: User, django_assert_num_queries: object) -> None:
    fresh = User.objects.get(pk=registrar.pk)

    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's fixture is untyped
        assert all([fresh.is_staff, holds(fresh, Role.REGISTRAR), permissions.may_read_learners(fresh), fresh.is_staff])


def test_a_change_of_rights_works_on_the_next_request(registrar: User) -> None:
    leaving = make_staff(Role.REGISTRAR)
    client = signed_in_client(leaving)
    before = desk_status(client)

    end_role(RoleAssignment.objects.get(user=leaving), by=registrar, at=datetime.now(UTC), reason="left")

    assert (before, desk_status(client)) == (200, 403)


def desk_status(client: Client) -> int:
    return client.get(reverse("admin:index")).status_code
