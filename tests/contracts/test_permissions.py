"""The permission matrix in docs/permissions.md: complete in both directions, and every route answers as it says.

`CAIRN_WRITE_MATRIX=1` writes what the routes answer today into the document; the change is then read and committed.
A usual run asks each route as some of the people, drawn by the route; `CAIRN_TEST_LONG=1` asks it as everybody.
"""

import os
import random
from collections.abc import Mapping
from http import HTTPStatus

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tests.conftest import LONG, ROOT
from tests.contracts.people import PEOPLE, Sample
from tests.contracts.routes import Route, routes

DOCUMENT = ROOT / "docs" / "permissions.md"
BEGIN, END = "<!-- matrix -->", "<!-- end of matrix -->"

WRITES = os.environ.get("CAIRN_WRITE_MATRIX") == "1"
DRAWN = len(PEOPLE) if LONG or WRITES else 7

IN, SIGN_IN, NO, NOT_FOUND, FACTOR = "in", "sign in", "no", "not found", "2nd factor"


def answer(response: HttpResponseBase) -> str:
    """The matrix's word for a response."""
    if response.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return NO
    if response.status_code == HTTPStatus.NOT_FOUND:
        return NOT_FOUND
    target = response.headers.get("Location", "")
    if target.startswith(reverse("account_login")):
        return SIGN_IN
    if target.startswith(reverse("mfa_index")):
        return FACTOR
    assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
    return IN


def written() -> dict[str, list[str]]:
    """The matrix as the document has it: route → rule, then one word per person."""
    lines = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    return {row[0].strip("`"): row[1:] for row in rows}


def key(route: Route) -> str:
    return f"/{route.pattern}"


def drawn(route: Route) -> list[str]:
    """The people as whom this run asks the route, in the order of the matrix."""
    some = set(random.Random(route.pattern).sample(PEOPLE, DRAWN))  # noqa: S311 - a draw that anybody can repeat
    return [person for person in PEOPLE if person in some]


def test_every_route_stands_in_the_matrix_and_every_row_is_a_route() -> None:
    assert set(written()) == {key(route) for route in routes()}


def test_no_route_is_without_a_rule() -> None:
    assert [route.pattern for route in routes() if route.rule is None] == []


def test_the_matrix_names_the_rule_of_each_route() -> None:
    assert {place: row[0] for place, row in written().items()} == {key(route): route.rule_name for route in routes()}


@pytest.mark.django_db
def test_every_route_answers_everybody_as_the_matrix_says(clients: dict[str, Client], sample: Sample) -> None:
    found = {
        key(route): {person: answer(clients[person].get(route.path(sample.of(route)))) for person in drawn(route)}
        for route in routes()
        if not route.name.endswith("logout")
    }
    if WRITES:
        names = {key(route): route.rule_name for route in routes()}
        write({place: [names[place], *row.values()] for place, row in found.items()})

    said = {place: dict(zip(PEOPLE, row[1:], strict=True)) for place, row in written().items()}
    expected = {place: {person: said[place][person] for person in row} for place, row in found.items()}
    assert {place: (row, expected[place]) for place, row in found.items() if row != expected[place]} == {}


@pytest.mark.django_db
def test_who_may_not_look_may_not_write(clients: dict[str, Client], sample: Sample) -> None:
    refused = [
        (route, person)
        for route in routes()
        for person, word in zip(PEOPLE, written()[key(route)][1:], strict=True)
        if word in {NO, SIGN_IN, FACTOR} and person in drawn(route)
    ]
    answers = {
        (key(route), person): answer(clients[person].post(route.path(sample.of(route)))) for route, person in refused
    }

    assert refused
    assert {place: word for place, word in answers.items() if word in {IN, NOT_FOUND}} == {}


def write(found: Mapping[str, list[str]]) -> None:
    """Put today's answers into the document; sign-out, which would end the clients' sessions, is written by hand."""
    said = {place: row for place, row in written().items() if place.endswith("logout/")} if BEGIN in _text() else {}
    # Columns that were added since are filled up: every role signs out alike.
    logouts = {place: [*row, *[row[-1]] * (1 + len(PEOPLE) - len(row))] for place, row in said.items()}
    for route in routes():
        if route.name.endswith("logout"):
            logouts.setdefault(key(route), [route.rule_name, *[IN] * len(PEOPLE)])
    head = ["| route | rule | " + " | ".join(PEOPLE) + " |", "|" + " --- |" * (len(PEOPLE) + 2)]
    rows = [f"| `{place}` | " + " | ".join(row) + " |" for place, row in sorted({**found, **logouts}.items())]
    before, after = _text().split(BEGIN)[0], _text().split(END)[1]
    DOCUMENT.write_text(before + BEGIN + "\n" + "\n".join(head + rows) + "\n" + END + after, encoding="utf-8")


def _text() -> str:
    return DOCUMENT.read_text(encoding="utf-8")
