"""Everybody who stands in a column of the permission matrix, and things for the routes that need one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest
from django.test import Client

from accounts.models import Organization, Role
from tests.contracts.routes import Route
from tests.contracts.sample import (
    a_transcript,
    advise_everybody,
    on_pages,
    on_the_desk,
    other_branch,
    own_branch,
    rows_of_accounts,
    rows_of_assessments,
    rows_of_credentials,
    rows_of_programs,
    under_signed_addresses,
)
from tests.recipes import assignment, learner, make_staff, make_user, signed_in_client

WITHOUT_FACTOR = "registrar without 2nd factor"

LIMITED = [role for role in Role if role != Role.PARTNER_ADMINISTRATOR]
OWN = {role: f"{role.label}, own branch" for role in LIMITED}
OTHER = {role: f"{role.label}, other branch" for role in LIMITED}

PEOPLE = [
    "anonymous",
    "learner",
    "another learner",
    *(str(role.label) for role in Role),
    WITHOUT_FACTOR,
    *(name for role in LIMITED for name in (OWN[role], OTHER[role])),
]


def arrivals() -> Mapping[str, Callable[[], Client]]:
    """How each person comes in."""

    def as_learner() -> Client:
        person = make_user()
        learner.make(user=person)
        return signed_in_client(person)

    def as_staff(role: Role) -> Callable[[], Client]:
        return lambda: signed_in_client(make_staff(role))

    def as_limited(role: Role, place: Callable[[], Organization]) -> Callable[[], Client]:
        def come() -> Client:
            person = make_user()
            assignment.make(user=person, role=role, organization=place())
            return signed_in_client(person)

        return come

    return {
        "anonymous": Client,
        "learner": as_learner,
        "another learner": as_learner,
        **{str(role.label): as_staff(role) for role in Role},
        **{OWN[role]: as_limited(role, own_branch) for role in LIMITED},
        **{OTHER[role]: as_limited(role, other_branch) for role in LIMITED},
        WITHOUT_FACTOR: lambda: signed_in_client(make_staff(Role.REGISTRAR), factor=False),
    }


@dataclass
class Sample:
    """Things that exist, by route name: the values for the arguments of a route that shows one."""

    values: dict[str, dict[str, str]] = field(default_factory=dict)

    def of(self, route: Route) -> dict[str, str]:
        return self.values.get(route.name, {})


@pytest.fixture
def people(db: None) -> Mapping[str, Callable[[], Client]]:
    return arrivals()


@pytest.fixture
def clients(people: Mapping[str, Callable[[], Client]]) -> dict[str, Client]:
    """A signed-in client for everybody in the matrix's columns."""
    return {name: arrive() for name, arrive in people.items()}


@pytest.fixture
def sample(clients: dict[str, Client]) -> Sample:
    """What exists; whoever is an advisor by now advises every learner of it."""
    signed = rows_of_credentials()
    rows = [*rows_of_accounts(), *rows_of_programs(), *rows_of_assessments(), *signed, a_transcript()]
    values = on_the_desk(rows) | on_pages() | under_signed_addresses(signed)
    advise_everybody()
    return Sample(values)
