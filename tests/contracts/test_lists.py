"""Every list of the desk takes the filters that it declares and no others, and no address ends in an error."""

import random
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import Learner, Role
from core.desk.model_admin import DeskAdmin
from tests.conftest import LONG
from tests.contracts.people import OWN, Sample
from tests.contracts.people import clients as clients_fixture
from tests.contracts.people import people as people_fixture
from tests.contracts.people import sample as sample_fixture
from tests.recipes import learner, make_staff, signed_in_client

people, clients, sample = people_fixture, clients_fixture, sample_fixture
pytestmark = pytest.mark.django_db
LOOKUPS = ("", "__exact", "__isnull", "__in", "__range", "__gt", "__regex", "__year", "__nonsense")
VALUES = ("0", "1", "x", "", "9" * 400, "1e999", "\x00", "2026-99-99", "00000000-0000-0000-0000-000000000000", "1,2")
DRAWN = 10_000 if LONG else 6


def lists() -> dict[str, tuple[type[Model], DeskAdmin]]:
    """The address of each list of the desk, with its model and its page."""
    return {
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"): (model, page)
        for model, page in admin.site._registry.items()
        if isinstance(page, DeskAdmin)
    }


def declared(page: DeskAdmin) -> set[str]:
    """The columns by which the page says that its list is filtered."""
    named = (each[0] if isinstance(each, tuple) else each for each in page.list_filter)
    return {name for name in named if isinstance(name, str)}


def lookups(model: type[Model]) -> Iterator[str]:
    """Lookups by each column and relation of the model, those of the history and of other apps too, and one further."""
    for field in model._meta.get_fields():
        yield from (f"{field.name}{lookup}" for lookup in LOOKUPS)
        yield from (f"{field.name}__{further}__isnull" for further in ("id", "user", "learner", "pgh_context"))


def drawn(address: str, values: list[Any], count: int = DRAWN) -> list[Any]:
    draw = random.Random(address)  # noqa: S311 - a draw that anybody can repeat
    return draw.sample(values, min(count, len(values)))


def test_no_list_looks_up_what_it_does_not_declare(sample: Sample) -> None:
    client = signed_in_client(make_staff(Role.REGISTRAR))
    client.raise_request_exception = False
    found = {}
    for address, (model, page) in lists().items():
        own = declared(page)
        undeclared = [name for name in lookups(model) if name.split("__")[0] not in own]
        # The relation to the events of the history comes first: these are in no form, and nobody thinks of them.
        events = [name for name in undeclared if name.startswith("middlewareevents") and name.endswith("s__isnull")]
        for name in {*events, *drawn(address, undeclared), "nonsense", "_popup__in"}:
            for value in drawn(address + name, list(VALUES), 1):
                answer = client.get(f"{address}?{urlencode({name: value})}")
                refused = answer.headers.get("Location", "") == f"{address}?e=1"
                if not refused and answer.status_code != HTTPStatus.BAD_REQUEST:
                    found[f"{address}?{name}={value[:20]}"] = answer.status_code

    assert len(lists()) > 40
    assert found == {}


def test_no_address_of_a_list_ends_in_an_error(sample: Sample) -> None:
    client = signed_in_client(make_staff(Role.REGISTRAR))
    client.raise_request_exception = False
    failed = []
    for address, (model, page) in lists().items():
        keys = [*map(str, model._default_manager.values_list("pk", flat=True)[:2]), "0", "9" * 30, "\x00"]
        own = [
            name for column in declared(page) for name in lookups(model) if name.split("__")[0] == column.split("__")[0]
        ]
        queries = [
            *({"after": one, "before": other} for one in keys for other in keys),
            *({name: value} for name in own for value in VALUES),
            *({name: value} for name in ("o", "p", "_to_field", "_popup", "all", "e", "_facets") for value in VALUES),
            {"o": "1.-2.3.4.5.6.7.8.99", "p": "-1", "after": keys[0], "before": keys[0], "e": "1"},
            {"o": "6.-5.4.-3.2", "after": keys[1]},
        ]
        for query in [*queries[-2:], *queries[:1], *drawn(address, queries)]:
            answer = client.get(f"{address}?{urlencode(query)}")
            if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                failed.append(f"{address}?{query}")

    assert failed == []


def test_a_place_in_a_list_is_no_row_out_of_reach(clients: dict[str, Client], sample: Sample) -> None:
    assert sample.values
    client, address = clients[OWN[Role.REGISTRAR]], reverse("admin:accounts_learner_changelist")
    foreign = learner.make(learner_number="000000", user=None)

    # "Before" the lowest number of all there would be nothing.
    page = client.get(f"{address}?before={foreign.pk}").context["cl"]

    assert Learner.objects.order_by("learner_number").first() == foreign
    assert page.result_list == client.get(address).context["cl"].result_list != []
