"""A right reaches no further than its organization, program or caseload, on each route and list (invariant 24).

Everything in the sample belongs to one branch. Whoever has a role at the branch beside it finds nothing of it.
"""

from collections.abc import Callable, Iterator
from functools import partial
from http import HTTPStatus

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase
from django.test import Client
from django.utils import timezone

from accounts.models import Learner, LearnerName, Organization, Role, User
from core.access import anyone, signed_in
from core.desk.model_admin import DeskAdmin
from core.desk.rights import RowRight
from portal.queries import start_page
from programs.enrollment.actions.enrolling import enroll
from programs.models import Enrollment, Granting, Program
from tests.assessments.places import new_competency, new_framework, new_scale, show
from tests.contracts.people import OTHER, OWN, PEOPLE, Sample
from tests.contracts.routes import Route, routes
from tests.contracts.sample import AT, other_branch, own_branch
from tests.contracts.test_permissions import IN, answer, key, written
from tests.programs.places import awarding, draft_of, open_assessment
from tests.recipes import LONG_AGO, assignment, learner, make_staff, make_user

pytestmark = pytest.mark.django_db
# What the whole institution shares: a role at a branch reads it like everybody on the desk, and changes none of it.
SHARED = (
    "admin:accounts_organization_",
    "admin:assessments_rubric_",
    "admin:assessments_masterypolicy_",
    "admin:assessments_policyassignment_",
    "admin:competencies_",
    "admin:programs_milestone_",
)
OTHERS = list(OTHER.values())
OPEN = {anyone, signed_in}
# These take only POST: the matrix asks with GET, which they refuse before any look.
POSTED = {"judging:draft", "judging:judge", "judging:return"}


def about_a_row(sample: Sample) -> list[Route]:
    """The routes of staff that show or change one row of the sample."""
    return [route for route in rows_of_staff() if sample.of(route)]


def rows_of_staff() -> list[Route]:
    """The routes of staff that show or change one row."""
    return [
        route
        for route in routes()
        if ("<path:object_id>" in route.pattern or "<uuid:" in route.pattern) and route.rule not in OPEN
    ]


def enters(response: HttpResponseBase) -> bool:
    """Whether the route did more than refuse; a method that it does not take is refused before any look."""
    return response.status_code != HTTPStatus.METHOD_NOT_ALLOWED and answer(response) == IN


def is_shared(route: Route) -> bool:
    return route.name.startswith(SHARED)


def test_no_row_of_another_branch_opens() -> None:
    """By the matrix, which another test compares with what the routes answer."""
    rows = written()
    asked = [key(route) for route in rows_of_staff() if not is_shared(route) and route.name not in POSTED]

    assert len(asked) > 150
    assert {(place, person) for place in asked for person in OTHERS if _cell(rows, place, person) == IN} == set()


def test_no_act_on_a_row_of_another_branch_is_done(clients: dict[str, Client], sample: Sample) -> None:
    done = {
        (key(route), person)
        for route in about_a_row(sample)
        for person in OTHERS
        if enters(clients[person].post(route.path(sample.of(route)), {"why": "Because."}))
    }

    assert done == set()


def test_the_own_branch_is_open(sample: Sample) -> None:
    """The columns are no row of noes: what a role may do everywhere it may do at its branch, but for shared things."""
    rows = written()
    assert sample.values
    for role in (Role.REGISTRAR, Role.ADVISOR, Role.INSPECTOR):
        enrollment = _cell(rows, "/admin/programs/enrollment/<path:object_id>/change/", OWN[role])
        award = _cell(rows, "/admin/programs/award/<path:object_id>/change/", OWN[role])
        assert (enrollment, award) == (IN, IN)
    assert _cell(rows, "/admin/programs/award/<path:object_id>/do/grant/", OWN[Role.REGISTRAR]) == IN
    assert _cell(rows, "/judging/<uuid:submission_id>/", OWN[Role.ASSESSOR]) == IN
    assert _cell(rows, "/admin/programs/program/<path:object_id>/do/new_draft/", OWN[Role.CURRICULUM_DESIGNER]) == IN


def test_no_list_names_anybody_or_anything_of_another_branch(clients: dict[str, Client], sample: Sample) -> None:
    secrets = {
        *Learner.objects.values_list("learner_number", flat=True),
        *LearnerName.objects.exclude(text="Ada").values_list("text", flat=True),
        *Program.objects.values_list("title", flat=True),
    }
    assert sample.values
    assert len(secrets) > 5

    lists = [
        route
        for route in routes()
        if route.name.endswith("_changelist") or route.name in {"admin:index", "judging:queue", "judging:judged"}
    ]
    pages = {
        (key(route), person): clients[person].get(route.path({})).content.decode()
        for route in lists
        for person in OTHERS
    }

    assert {(place, secret) for place, page in pages.items() for secret in secrets if f">{secret}<" in page} == set()


def test_what_waits_in_another_branch_is_not_counted(sample: Sample) -> None:
    assert sample.values
    enrolled_twice_and_proposed()
    counts = (
        start_page.approvals_to_decide,
        start_page.awards_to_review,
        start_page.double_enrollments,
        start_page.awards_to_grant,
        partial(start_page.unsigned_awards, decided_before=timezone.now()),
    )

    own, other = ([count(of_branch(place)).count for count in counts] for place in (own_branch(), other_branch()))

    assert other == [0] * len(counts)
    assert 0 not in own


def enrolled_twice_and_proposed() -> None:
    """One program of the own branch with a person who is in it twice, and whose award waits for the registrar."""
    person, registrar, knead = (
        learner.make(user=None),
        make_staff(Role.REGISTRAR),
        new_competency(new_framework("Rolls"), "knead", new_scale()),
    )
    open_assessment(own_branch(), knead)
    version = awarding(draft_of(own_branch(), "Rolls", knead), Granting.REGISTRAR)
    enrollment = enroll(person, version=version, on=AT.date(), by=registrar, at=AT)
    show(person, knead, 3, by=registrar, at=AT)
    Enrollment.objects.create(
        learner=learner.make(user=None, same_as=person),
        program=enrollment.program,
        version=version,
        organization=own_branch(),
        admitted_on=AT.date(),
        enrolled_at=AT,
    )


def of_branch(place: Organization) -> User:
    person = make_user()
    assignment.make(user=person, role=Role.REGISTRAR, organization=place)
    return person


def ended(role: Role) -> User:
    person = make_user()
    assignment.make(user=person, role=role, ends_at=timezone.now())
    return person


def cancelled(role: Role) -> User:
    person = make_user()
    assignment.make(user=person, role=role, starts_at=LONG_AGO, ends_at=LONG_AGO)
    return person


def closed(role: Role) -> User:
    person = make_user(is_active=False)
    assignment.make(user=person, role=role)
    return person


@pytest.mark.parametrize("arrive", [ended, cancelled, closed])
@pytest.mark.parametrize("role", list(Role))
def test_a_role_that_ended_opens_no_route(role: Role, arrive: Callable[[Role], User]) -> None:
    request = HttpRequest()
    request.user = arrive(role)

    opened = {route.name for route in routes() if route.rule and route.rule not in OPEN and route.rule(request)}

    assert opened == set()


@pytest.mark.parametrize("arrive", [ended, cancelled, closed, lambda _role: AnonymousUser()])
def test_a_role_that_ended_covers_no_row(arrive: Callable[[Role], User], sample: Sample) -> None:
    assert sample.values
    people = [arrive(role) for role in Role]

    covered = {(str(right), str(row)) for right, row in rights_and_rows() for person in people if right(person, row)}
    assert covered == set()


def test_every_model_with_a_page_is_told_apart_or_shared() -> None:
    alike = {model._meta.label for model, page in pages() if not isinstance(page.may_view, RowRight)}

    # Each of these is seen through a predicate of the person alone: shared, or for roles without limitation only.
    assert alike == {
        "accounts.Organization",
        "accounts.PartnerClient",
        "competencies.Association",
        "competencies.CaseImport",
        "competencies.Competency",
        "competencies.Framework",
        "competencies.ProficiencyScale",
        "jobs.Job",
        "programs.ProgramStaff",
    }


def pages() -> Iterator[tuple[type[Model], DeskAdmin]]:
    """Each model of the desk with its page."""
    for model, page in admin.site._registry.items():
        assert isinstance(page, DeskAdmin)
        yield model, page


def rights_and_rows() -> Iterator[tuple[Callable[..., bool], Model]]:
    """Each right that a page asks, with a row of the page's model."""
    for model, page in pages():
        row = model._default_manager.first()
        rules = {page.may_view, page.may_add, page.may_change, *(verb.may for verb in page.verbs() if verb.about_row)}
        if row is not None:
            yield from ((rule, row) for rule in rules if isinstance(rule, RowRight))


def _cell(rows: dict[str, list[str]], place: str, person: str) -> str:
    return rows[place][1 + PEOPLE.index(person)]
