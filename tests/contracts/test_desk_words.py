"""The desk in German: every label is translated, and no page shows a machine's identifier or a date in ISO form."""

import re
from collections.abc import Iterator
from html import unescape
from http import HTTPStatus

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils.translation import trans_real

from accounts.models import Role
from core.desk.field_labels import OF_PACKAGES, UNNAMED
from core.desk.history import event_model_of
from core.desk.model_admin import DeskAdmin
from tests.contracts.people import Sample
from tests.contracts.people import clients as clients_fixture
from tests.contracts.people import people as people_fixture
from tests.contracts.people import sample as sample_fixture
from tests.recipes import make_staff, signed_in_client

people, clients, sample = people_fixture, clients_fixture, sample_fixture
pytestmark = pytest.mark.django_db

MAIN = re.compile(r"<main\b.*?</main>", re.DOTALL)
FOLDED = re.compile(r"<details><summary>.*?</details>", re.DOTALL)
LABEL = re.compile(r'<(dt|label|legend|th scope="col"|th scope="row")(?=[ >])[^>]*>(.*?)</', re.DOTALL)
TAG = re.compile(r"<[^>]*>")
IDENTIFIER = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
ISO_DAY = re.compile(r"\b20\d\d-\d\d-\d\d\b")


def pages(sample: Sample) -> Iterator[tuple[str, str]]:
    """The kind and the address of each list, record and history of the desk that the sample can show."""
    for model, page in admin.site._registry.items():
        if not isinstance(page, DeskAdmin):
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_"
        yield "list", reverse(f"{name}changelist")
        values = sample.values.get(f"{name}change")
        if values:
            yield "record", reverse(f"{name}change", kwargs=values)
        if values and event_model_of(model) is not None:
            yield "history", reverse(f"{name}history", kwargs=values)
        yield "new", reverse(f"{name}add")


def german() -> set[str]:
    """What the German catalogs say, each with a capital."""
    catalog = trans_real.DjangoTranslation("de")._catalog  # type: ignore[attr-defined]
    return {text[:1].upper() + text[1:] for _key, text in catalog.items()}


def words_of(html: str) -> str:
    return " ".join(unescape(TAG.sub(" ", html)).split())


def test_the_desk_speaks_german_and_names_no_machine(sample: Sample) -> None:
    client = signed_in_client(make_staff(Role.REGISTRAR))
    client.cookies["django_language"] = "de"
    known = german()
    labels: dict[str, str] = {}
    strange: dict[str, str] = {}
    seen = 0
    for kind, address in pages(sample):
        answer = client.get(address)
        if answer.status_code != HTTPStatus.OK:  # what this role does not reach, or nobody adds
            continue
        seen += 1
        main = MAIN.search(answer.content.decode())
        assert main, address
        html = FOLDED.sub("", main[0])
        # The first cell of a row of a list names its record.
        for tag, label in LABEL.findall(html):
            words = words_of(label).removesuffix(" (freiwillig)")
            if words and words not in known and not (kind == "list" and tag.endswith('"row"')):
                labels.setdefault(words, address)
        text = words_of(html)
        for found in (*IDENTIFIER.findall(text), *ISO_DAY.findall(text)):
            strange.setdefault(found, address)

    assert seen > 80
    assert labels == {}
    assert strange == {}


def test_labels_stand_for_columns_of_the_desk() -> None:
    models = [
        model for page in admin.site._registry.values() for model in (page.model, *(i.model for i in page.inlines))
    ]
    tables = [*models, *filter(None, map(event_model_of, models))]
    columns = {field.name for table in tables for field in table._meta.concrete_fields}

    assert {*UNNAMED, *OF_PACKAGES} - columns == set()
