"""Every named constraint, and every named error of a trigger, has a sentence in the languages of the footer."""

import re
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils.translation import override

from core.database.constraint_messages import constraint_labels, sentence_of
from core.refusals import ConstraintMiddleware
from core.rest.problems import ConflictError, ProblemHandler
from tests import PACKAGES
from tests.conftest import ROOT

OF_A_TRIGGER = re.compile(r"CONSTRAINT = '(\w+)'")
# Unnamed in Django's models: PostgreSQL gives the name, and an action looks for it.
OF_A_FIELD = {"accounts_learner_user_id_key"}


def of_models() -> set[str]:
    return {
        constraint.name
        for model in apps.get_models()
        if model.__module__.split(".")[0] in PACKAGES
        for constraint in model._meta.constraints
    }


def of_triggers() -> set[str]:
    migrations = [path for package in PACKAGES for path in (ROOT / package).rglob("migrations/*.py")]
    return {name for path in migrations for name in OF_A_TRIGGER.findall(path.read_text(encoding="utf-8"))}


def broken(name: str) -> IntegrityError:
    """What Django raises when the database names a constraint."""
    error = IntegrityError(f'violates check constraint "{name}"')
    error.__cause__ = Exception()
    error.__cause__.diag = SimpleNamespace(constraint_name=name)  # type: ignore[attr-defined]  # as psycopg's errors
    return error


def test_every_named_constraint_has_a_sentence_and_no_sentence_is_left_over() -> None:
    assert len(of_triggers()) > 20
    assert sorted(constraint_labels()) == sorted(of_models() | of_triggers() | OF_A_FIELD)


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES if code != "en"])
def test_every_sentence_is_said_in_every_language(language: str) -> None:
    with override("en"):
        english = {name: str(words) for name, words in constraint_labels().items()}
    with override(language):
        unsaid = [name for name, words in constraint_labels().items() if str(words) == english[name]]

    assert unsaid == []


def test_sentences_are_for_people() -> None:
    with override("en"):
        sentences = {name: str(words) for name, words in constraint_labels().items()}

    assert [name for name, words in sentences.items() if "constraint" in words.lower() or "_" in words] == []
    assert [name for name, words in sentences.items() if not words.endswith(".")] == []


def test_a_page_answers_a_violation_with_its_sentence() -> None:
    answer = ConstraintMiddleware(lambda _request: HttpResponse()).process_exception(
        RequestFactory().post("/somewhere/"), broken("milestone_reached_once")
    )

    assert answer is not None
    assert answer.status_code == 409
    assert "milestone_reached_once" not in answer.content.decode()
    assert str(constraint_labels()["milestone_reached_once"]) in answer.content.decode()


def test_the_api_answers_a_violation_with_its_sentence() -> None:
    handler = ProblemHandler(broken("milestone_reached_once"), {"request": HttpRequest()})  # type: ignore[typeddict-item]

    converted = handler.convert_known_exceptions(handler.exc)

    assert isinstance(converted, ConflictError)
    assert converted.detail == str(constraint_labels()["milestone_reached_once"])


def test_a_violation_without_words_stays_an_error() -> None:
    unknown = broken("some_foreign_key")

    assert sentence_of(unknown) is None
    assert ConstraintMiddleware(lambda _request: HttpResponse()).process_exception(HttpRequest(), unknown) is None
