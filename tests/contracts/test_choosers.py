"""Every list of choices offers a competency once, by code and words, however many translations of it there are."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization, Role
from assessments.mastery.queries.policies_in_force import competencies_with_code
from assessments.rubrics.queries import competencies_by_code
from competencies.forms import CompetencyField, FrameworkField, LevelField
from competencies.models import Association, Competency, CompetencyRevision, Framework, Kind
from core import clock
from programs.curriculum.queries.choices import competencies_coded
from programs.curriculum.queries.outlines import competencies_matching
from tests.assessments.places import new_competency, new_framework, new_scale
from tests.contracts.people import Sample
from tests.contracts.people import sample as sample_fixture
from tests.contracts.test_enter import pages_of
from tests.programs.places import draft_of
from tests.recipes import LONG_AGO, institution, make_staff, signed_in_client

sample = sample_fixture
pytestmark = pytest.mark.django_db
SAYS = "Kann Brot wirken und formen."


class Choices(HTMLParser):
    """The texts of what can be chosen on a page: options of lists, and boxes with their labels."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"option", "label"}:
            self.texts.append("")
            self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self.inside:
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[-1] += data


def choices_on(page: str) -> Iterator[str]:
    reader = Choices()
    reader.feed(page)
    return (" ".join(text.split()) for text in reader.texts)


@pytest.fixture
def shape(db: None) -> Competency:
    """A competency in English, with translations of the same code; one of them has the same scale."""
    framework = new_framework("Doughs")
    Framework.objects.filter(pk=framework.pk).update(published_at=clock.now(), version="2", publisher="Bakers' guild")
    framework.refresh_from_db()
    scale = new_scale("Hand")
    original = new_competency(framework, "DO.1", scale)
    CompetencyRevision.objects.filter(competency=original).update(statement="Can shape dough.")
    for language, said, on in (("de", SAYS, scale), ("ar", "يشكّل العجين.", None)):
        translation = Competency.objects.create(
            framework=framework, source_identifier=f"DO.1-{language}", code="DO.1", language=language, position=99
        )
        CompetencyRevision.objects.create(competency=translation, number=1, statement=said, scale=on, made_at=LONG_AGO)
        Association.objects.create(
            framework=framework,
            source_identifier=f"{language} of DO.1",
            kind=Kind.TRANSLATION_OF,
            origin=translation,
            destination=original,
            origin_link={},
            destination_link={},
            position=1,
        )
    return original


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.CURRICULUM_DESIGNER])
def test_no_page_offers_a_translation(role: Role, shape: Competency, sample: Sample) -> None:
    client = signed_in_client(make_staff(role))
    pages = dict(pages_of(client, sample)) | {"pick": picker(client)}

    offered = {name: [text for text in choices_on(page) if "DO.1" in text] for name, page in pages.items()}
    said = {name: page for name, page in pages.items() if SAYS in page}

    assert {name: texts for name, texts in offered.items() if len(texts) > 1} == {}
    asking = {name: texts for name, texts in offered.items() if texts}
    assert len(asking) > (role == Role.REGISTRAR)
    assert {name for name, texts in asking.items() if "Can shape dough." not in texts[0]} == set()
    # The desk's list of competencies shows all rows of the source: it is no choice.
    assert set(said) <= {"admin:competencies_competency_changelist"}


def picker(client: Client) -> str:
    """The page on which competencies are searched for a program."""
    school = Organization.objects.ours().first() or institution.make()
    draft = draft_of(school, "Rolls")
    root = draft.requirements.get(parent=None)
    return client.get(f"/admin/programs/programversion/{draft.pk}/tree/{root.key}/add/competency/").content.decode()


def test_every_search_by_code_finds_the_original(shape: Competency) -> None:
    assert competencies_by_code(shape.framework) == {"DO.1": shape}
    assert competencies_with_code("DO.1", framework=None, limit=5) == [shape]
    assert competencies_coded("do.1") == [shape]


@pytest.mark.parametrize("words", ["DO.1", "shape dough", "Brot formen", "العجين"])
def test_a_search_in_any_language_finds_the_original_once(words: str, shape: Competency) -> None:
    assert competencies_matching(words) == [shape]


def labels_of(field: Any) -> dict[str, list[str]]:
    """What a field offers, by the group in which it stands; without its empty choice."""
    grouped: dict[str, list[str]] = {}
    for value, label in field.choices:
        several = label if isinstance(label, list) else [(value, label)] if value else []
        if several:
            grouped.setdefault(str(value) if isinstance(label, list) else "", []).extend(
                str(text) for _, text in several
            )
    return grouped


def test_choices_are_said_in_words(shape: Competency) -> None:
    assert labels_of(CompetencyField()) == {"Doughs · 2 · Bakers' guild": ["DO.1 · Can shape dough."]}
    assert labels_of(FrameworkField()) == {"": ["Doughs · 2 · Bakers' guild"]}
    assert "Hand: Proficient" in labels_of(LevelField())[""]


def test_a_long_statement_is_cut_and_what_translates_no_more_is_a_competency_of_its_own(shape: Competency) -> None:
    CompetencyRevision.objects.filter(competency=shape).update(statement="Can shape " + "dough " * 60)
    Association.objects.filter(origin__language="de").update(retired_at=clock.now())

    (labels,) = labels_of(CompetencyField()).values()

    assert [len(label) < 120 for label in labels] == [True, True]
    assert [label.endswith("…") for label in labels] == [True, False]
    assert labels[1] == f"DO.1 · {SAYS}"
