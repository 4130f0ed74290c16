"""Enter in a text field presses the first button of its form: it is never one that takes something away."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from django.test import Client

from accounts.models import Organization, Role
from assessments.work.actions.submissions import add_link, start_submission
from tests.assessments.places import new_competency, new_framework, new_scale
from tests.assessments.work import new_assessment
from tests.contracts.people import Sample
from tests.contracts.people import sample as sample_fixture
from tests.contracts.routes import routes
from tests.recipes import institution, learner, make_staff, make_user, signed_in_client

sample = sample_fixture
NOT_TYPED_IN = {"hidden", "submit", "button", "checkbox", "radio", "file"}
TAKES_AWAY = ("remove", "delete", "withdraw", "take_back", "action_remove")
SENT_AWAY = ("/return/", "/withdraw/", "/remove/", "/delete/", "/revoke/")


@dataclass
class Form:
    """One form of a page: whether it can be typed into, and its submit buttons in their order."""

    typed_in: bool = False
    buttons: list[dict[str, str]] = field(default_factory=list)

    @property
    def first_takes_away(self) -> bool:
        first = self.buttons[0]
        elsewhere = first.get("formaction", "").endswith(SENT_AWAY)
        return elsewhere or first.get("name", "") in TAKES_AWAY or "button-danger" in first.get("class", "")

    @property
    def has_a_choice(self) -> bool:
        return self.typed_in and len(self.buttons) > 1


class Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form())
        elif self.found and tag == "button" and said.get("type", "submit") == "submit":
            self.found[-1].buttons.append(said)
        elif self.found and tag == "input":
            self.found[-1].typed_in |= said.get("type", "text") not in NOT_TYPED_IN


def forms_of(page: str) -> list[Form]:
    reader = Forms()
    reader.feed(page)
    return reader.found


def pages_of(client: Client, sample: Sample) -> Iterator[tuple[str, str]]:
    """Every page that this person can open, by route."""
    for route in routes():
        answer = client.get(route.path(sample.of(route)))
        if answer.status_code == 200 and answer.headers.get("Content-Type", "").startswith("text/html"):
            yield route.name, answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_enter_takes_nothing_away_on_any_page_of_staff(role: Role, sample: Sample) -> None:
    pages = dict(pages_of(signed_in_client(make_staff(role)), sample))

    assert len(pages) > 3
    dangerous = [
        name for name, page in pages.items() for each in forms_of(page) if each.has_a_choice and each.first_takes_away
    ]
    assert dangerous == []


@pytest.mark.django_db
def test_enter_in_the_sheet_of_an_assessor_saves_the_draft(sample: Sample) -> None:
    pages = dict(pages_of(signed_in_client(make_staff(Role.ASSESSOR)), sample))

    sheets = [each.buttons for each in forms_of(pages["judging:work"]) if "formaction" in each.buttons[0]]
    acts = [[button.get("formaction", "/judge/").split("/")[-2] for button in buttons] for buttons in sheets]
    assert acts == [["draft", "return", "judge"]]


def test_a_first_button_that_takes_away_is_noticed() -> None:
    for button in ('name="remove"', 'class="button button-danger"', 'formaction="/judging/1/return/"'):
        (found,) = forms_of(f"<form><input name='q'><button {button}>x</button><button>Save</button></form>")
        assert found.has_a_choice
        assert found.first_takes_away


@pytest.mark.django_db
def test_enter_in_the_work_form_saves_the_draft(sample: Sample) -> None:
    person = make_user()
    record = learner.make(user=person)
    school = Organization.objects.ours().first() or institution.make()
    asked = new_assessment(new_competency(new_framework("Pastry"), "shape", new_scale()), organization=school)
    work = start_submission(record, assessment=asked)
    add_link(work, address="https://example.org/loaf", name="My film")
    client = signed_in_client(person)

    page = client.get(f"/coursework/{work.public_id}/").content.decode()

    choices = [each for each in forms_of(page) if each.has_a_choice]
    assert [(each.buttons[0]["name"], each.buttons[0]["value"]) for each in choices] == [("act", "save")]
    assert any(button.get("name") == "remove" for button in choices[0].buttons)
    dangerous = [
        name
        for name, page in pages_of(client, sample)
        for each in forms_of(page)
        if each.has_a_choice and each.first_takes_away
    ]
    assert dangerous == []
