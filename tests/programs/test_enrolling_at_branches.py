"""A registrar of a branch enrolls their learners at the branch, in what the whole institution awards."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Learner, Organization, Role, User
from programs.models import Enrollment, ProgramVersion
from programs.permissions import places_to_enroll_at
from tests.recipes import assignment, institution, learner, make_user, signed_in_client

pytestmark = pytest.mark.django_db
FIELD = 'name="organization"'


@pytest.fixture
def branches(school: Organization) -> list[Organization]:
    return [institution.make(name=name, parent=school) for name in ("East", "West")]


@pytest.fixture
def of_branches() -> Callable[..., User]:
    def make(*places: Organization) -> User:
        person = make_user()
        for place in places:
            assignment.make(user=person, role=Role.REGISTRAR, organization=place)
        return person

    return make


def address(version: ProgramVersion, verb: str = "enroll") -> str:
    return reverse(f"admin:programs_programversion_{verb}", args=[version.pk])


def test_the_place_is_the_branch_where_there_is_only_one(
    bread: ProgramVersion, branches: list[Organization], of_branches: Callable[..., User]
) -> None:
    desk = signed_in_client(of_branches(branches[0]))
    one, two = (learner.make(user=None, home_organization=branches[0]) for _each in range(2))

    assert address(bread) in desk.get(reverse("admin:programs_programversion_change", args=[bread.pk])).text
    assert FIELD not in desk.get(address(bread)).text
    answer = desk.post(address(bread), {"learner": one.learner_number, "on": "2026-03-02"}, follow=True)
    listed = {"text": two.learner_number, "on": "2026-03-02", "organization": branches[1].pk, "sure": "on"}
    desk.post(address(bread, "enroll_list"), listed)

    assert answer.status_code == 200
    assert list(Enrollment.objects.order_by("pk").values_list("learner", "organization")) == [
        (one.pk, branches[0].pk),
        (two.pk, branches[0].pk),
    ]


def test_the_place_is_chosen_among_several_and_never_outside(
    bread: ProgramVersion, school: Organization, branches: list[Organization], of_branches: Callable[..., User]
) -> None:
    desk = signed_in_client(of_branches(*branches))
    person = learner.make(user=None, home_organization=branches[1])
    fields = {"learner": person.learner_number, "on": "2026-03-02"}

    unsaid = desk.post(address(bread), fields)
    outside = desk.post(address(bread), {**fields, "organization": school.pk})
    desk.post(address(bread), {**fields, "organization": branches[1].pk})

    assert (unsaid.status_code, "Choose the place of study." in unsaid.text) == (422, True)
    assert (outside.status_code, "Choose the place of study." in outside.text) == (422, False)
    assert Enrollment.objects.get().organization == branches[1]


def test_the_whole_institution_enrolls_at_its_own_place_unless_another_is_chosen(
    desk_of_all: Client, ada: Learner, bread: ProgramVersion, school: Organization, branches: list[Organization]
) -> None:
    page = desk_of_all.get(address(bread)).text
    desk_of_all.post(address(bread), {"learner": ada.learner_number, "on": "2026-03-02"})

    assert f'<option value="{school.pk}" selected>' in page
    assert Enrollment.objects.get().organization == school


@pytest.fixture
def desk_of_all(registrar: User) -> Client:
    return signed_in_client(registrar)


def test_a_preview_keeps_the_place(
    desk_of_all: Client, ada: Learner, bread: ProgramVersion, branches: list[Organization]
) -> None:
    sent = {"text": ada.learner_number, "on": "2026-03-02", "organization": branches[1].pk}

    preview = desk_of_all.post(address(bread, "enroll_list"), sent).text

    assert f'<input type="hidden" name="organization" value="{branches[1].pk}">' in preview
    assert f'<option value="{branches[1].pk}" selected>' in preview


def test_an_own_program_of_another_branch_stays_closed(
    bread: ProgramVersion, branches: list[Organization], of_branches: Callable[..., User]
) -> None:
    east, west = branches
    bread.program.organization = east
    bread.program.save(update_fields=["organization"])

    assert signed_in_client(of_branches(west)).get(address(bread)).status_code == 404
    assert list(places_to_enroll_at(of_branches(east), bread.program)) == [east]
