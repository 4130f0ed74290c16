"""No input ends in an error 500: every form of every page is sent values that nobody means.

`make test` draws some values for each form; with CAIRN_TEST_LONG=1 every value goes into every field.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote_from_bytes, urlsplit

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client

from accounts.models import Role
from tests.conftest import LONG
from tests.contracts.people import Sample, arrivals
from tests.contracts.people import sample as sample_fixture
from tests.contracts.routes import Route, routes

sample = sample_fixture

HOSTILE: Mapping[str, bytes] = {
    "tab": b"Ada\tLovelace",
    "line ends": b"Ada\r\n\x0b\x0c\xc2\x85\xe2\x80\xa8Lovelace",
    "NUL": b"Ada\x00",
    "bell": b"\x07\x1b[31mAda",
    "half of a surrogate pair": b"\xed\xa0\x80",
    "no UTF-8": b"\xff\xfe\xc3",
    "noncharacter": "\uffff\U0010ffff".encode(),
    "override": "\u202eAda\u2066".encode(),
    "a million letters": b"x" * 1_000_000,
    "letters that unfold": ("\ufdfa" * 290).encode(),
    "blank": b"   \xc2\xa0 ",
    "year 1": b"0001-01-01",
    "year 26": b"0026-03-02",
    "year 9999": b"9999-12-31",
    "two digits": b"03/02/26",
    "first instant": b"0001-01-01T00:00",
    "last instant": b"9999-12-31T23:59",
    "NaN": b"NaN",
    "Infinity": b"-Infinity",
    "exponent": b"1e999999",
    "long decimal": b"0." + b"3" * 400,
    "huge": b"9" * 400,
    "beyond bigint": b"9223372036854775808",
    "beyond integer": b"2147483648",
    "negative": b"-1",
    "zero": b"0",
    "digits of another script": "٣".encode(),
    "UUID of nobody": b"00000000-0000-0000-0000-000000000000",
    "JSON": b'{"a": [1e999, null, "\\ud800"]}',
    "markup": b"<script>alert(1)</script>{{ 7 }}%(x)s%n",
}
DRAWN = len(HOSTILE) if LONG else 1
# Sent as they are: signing out would end the walk, and these buttons only choose a language.
LEFT_OUT = {"account_logout", "set_language"}
PARAMETERS = ("q", "after", "before", "o", "p", "e", "state", "kind", "next", "changed_since", "limit")


@dataclass
class Form:
    """A form of a page: its address, and its fields with what a browser would send."""

    action: str
    method: str = "get"
    values: dict[str, str] = field(default_factory=dict)
    typed_in: list[str] = field(default_factory=list)


class Forms(HTMLParser):
    """Every form of a page."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[Form] = []
        self.choosing = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(said.get("action") or self.address, said.get("method", "get").lower()))
        if not self.found:
            return
        form, name = self.found[-1], said.get("name", "")
        if tag == "option":
            if self.choosing and ("selected" in said or not form.values.get(self.choosing)):
                form.values[self.choosing] = said.get("value", "")
            return
        self.choosing = name if tag == "select" else ""
        if not name:
            return
        if tag in {"textarea", "select"} or (
            tag == "input" and said.get("type") not in {"radio", "checkbox", "submit"}
        ):
            form.values.setdefault(name, said.get("value", ""))
            form.typed_in.append(name)
        elif tag == "input" and ("checked" in said or said["type"] == "radio"):
            form.values.setdefault(name, said.get("value", "on"))
            form.typed_in.append(name)


def forms_of(client: Client, route: Route, sample: Sample) -> list[Form]:
    """The forms of a page that this person can open."""
    path = route.path(sample.of(route))
    answer = client.get(path)
    if answer.status_code != 200 or not answer.headers.get("Content-Type", "").startswith("text/html"):
        return []
    reader = Forms(path)
    reader.feed(answer.content.decode())
    unsaid = ("/logout/", "/language/")
    return [form for form in reader.found if form.method == "post" and not form.action.endswith(unsaid)]


def sendings(form: Form, draw: random.Random) -> Iterator[tuple[str, dict[str, bytes]]]:
    """What is sent: a hostile value in every field at once, and in one field beside plain ones."""
    plain = {name: value.encode() for name, value in form.values.items()}
    fields = [name for name in dict.fromkeys(form.typed_in) if name != "csrfmiddlewaretoken"]
    for name in draw.sample(sorted(HOSTILE), DRAWN):
        yield f"all: {name}", {**plain, **dict.fromkeys(fields, HOSTILE[name])}
        for one in fields if LONG else draw.sample(fields, min(1, len(fields))):
            yield f"{one}: {name}", {**_filled(plain), one: HOSTILE[name]}


def _filled(plain: Mapping[str, bytes]) -> dict[str, bytes]:
    """Plain words where nothing stands, so that one hostile value can come as far as the database."""
    return {name: value or b"2026-03-02" if name.endswith("on") else value or b"Plain" for name, value in plain.items()}


def encoded(values: Mapping[str, bytes]) -> str:
    return "&".join(f"{name}={quote_from_bytes(value, safe='')}" for name, value in values.items())


def failures(client: Client, sample: Sample, draw: random.Random) -> tuple[list[str], int]:
    """Every sending that ended in an error of the server, and how many forms there were."""
    client.raise_request_exception = False
    failed, forms = [], 0
    for route in routes():
        if route.name in LEFT_OUT:
            continue
        for form in forms_of(client, route, sample):
            forms += 1
            for what, values in sendings(form, draw):
                with transaction.atomic():
                    answer = client.post(
                        urlsplit(form.action)._replace(fragment="").geturl(),
                        encoded(values),
                        content_type="application/x-www-form-urlencoded",
                    )
                    transaction.set_rollback(True)  # the next form finds what this one found
                if answer.status_code >= 500 or b"violat" in getattr(answer, "content", b""):
                    failed.append(f"{route.name} {form.action} · {what}: {answer.status_code}")
    return failed, forms


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "least"),
    [
        ("anonymous", 3),
        ("learner", 3),
        (str(Role.REGISTRAR.label), 20),
        (str(Role.CURRICULUM_DESIGNER.label), 8),
        (str(Role.ASSESSOR.label), 1),
        (str(Role.PARTNER_ADMINISTRATOR.label), 1),
    ],
)
def test_no_form_ends_in_an_error(who: str, least: int, sample: Sample) -> None:
    client = arrivals()[who]()
    # The pages that ask for a code again read the secret of the factor, which the people of other tests do not have.
    Authenticator.objects.update(data={"secret": get_adapter().encrypt("JBSWY3DPEHPK3PXP")})
    failed, forms = failures(client, sample, random.Random(who))  # noqa: S311 - a drawn sample

    assert failed == []
    assert forms >= least


@pytest.mark.django_db
def test_no_address_ends_in_an_error(sample: Sample) -> None:
    client = arrivals()[str(Role.REGISTRAR.label)]()
    client.raise_request_exception = False
    draw = random.Random("addresses")  # noqa: S311 - as above
    failed = []
    for route in routes():
        for name in draw.sample(sorted(HOSTILE), DRAWN):
            value = HOSTILE[name][:2_000]
            query = encoded(dict.fromkeys(PARAMETERS, value))
            answer = client.get(f"{route.path(sample.of(route))}?{query}")
            if answer.status_code >= 500:
                failed.append(f"{route.name} · {name}: {answer.status_code}")

    assert failed == []
