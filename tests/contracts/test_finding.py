"""No form of the desk tells whether somebody exists whom the person may not read (invariant 24).

Whoever types a number or an e-mail reads the same answer for a row out of reach and for one that does not exist.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.forms import CharField
from django.test import Client

from accounts.models import Role
from core.desk.finding import FindingField
from core.desk.model_admin import DeskAdmin
from tests.contracts.people import OWN, Sample
from tests.contracts.people import clients as clients_fixture
from tests.contracts.people import people as people_fixture
from tests.contracts.people import sample as sample_fixture
from tests.contracts.routes import routes
from tests.contracts.sample import other_branch
from tests.recipes import assignment, learner, make_user

people, clients, sample = people_fixture, clients_fixture, sample_fixture
NOBODY = "F-000000000@example.org"
FOREIGN = "F-123456789@example.org"
TOKEN = re.compile(r"""csrf\w*['"]?[ :=]+.*?["']\w{64}["']|"X-CSRFToken": "\w+\"""", re.IGNORECASE)
# Lists of numbers, one on each line.
LISTS = {"ListForm.text", "SeveralForm.text"}
# These name nothing that exists: a new row, a name, somebody outside.
NEW = {"NewLearnerForm.learner_number", "NewClientForm.contact_email", "NameForm.text", "CorrectionForm.text"}


def forms() -> Iterator[tuple[str, type[Any]]]:
    """The route of each form of the desk, with its class."""
    for model, page in admin.site._registry.items():
        assert isinstance(page, DeskAdmin)
        route = f"admin:{model._meta.app_label}_{model._meta.model_name}_"
        yield from ((route + verb.name, verb.form) for verb in page.verbs())
        yield f"{route}add", page.form


def finding(form: type[Any]) -> list[str]:
    """The fields of a form that find a row by what is typed."""
    listing = [name for name in form.base_fields if f"{form.__name__}.{name}" in LISTS]
    return [name for name, field in form.base_fields.items() if isinstance(field, FindingField)] + listing


def test_whoever_is_named_by_number_or_e_mail_is_found_within_reach() -> None:
    plain = {
        f"{form.__name__}.{name}"
        for _route, form in forms()
        for name, field in form.base_fields.items()
        if isinstance(field, CharField) and not isinstance(field, FindingField)
        if name in {"email", "learner", "text"} or name.endswith(("_number", "_email", "public_id"))
    }

    assert plain - NEW == LISTS


@pytest.mark.django_db
def test_a_row_out_of_reach_is_like_one_that_does_not_exist(clients: dict[str, Client], sample: Sample) -> None:
    branch, client = other_branch(), clients[OWN[Role.REGISTRAR]]
    person = make_user(email=FOREIGN)
    learner.make(learner_number=FOREIGN, user=person, home_organization=branch)
    assignment.make(user=person, role=Role.ADVISOR, organization=branch)

    addresses = {route.name: route.path(sample.of(route)) for route in routes()}
    asked, told = [], []
    for route, form in forms():
        for name in finding(form):
            address = addresses[route]
            if client.get(address).status_code == 200:
                asked.append(f"{route}.{name}")
                nobody, foreign = (page(client, address, {"why": "x", name: value}) for value in (NOBODY, FOREIGN))
                if nobody != foreign or "Traceback" in nobody:
                    told.append(f"{route}.{name}")

    assert told == []
    assert len(asked) >= 9, asked


def page(client: Client, address: str, values: dict[str, str]) -> str:
    """The page that comes back, without what was typed and without tokens."""
    answer = client.post(address, values)
    assert answer.status_code in {200, 422}
    html = TOKEN.sub("", answer.content.decode())
    for typed in (NOBODY, FOREIGN):
        html = html.replace(typed, "…")
    return html
