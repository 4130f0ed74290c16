"""Whatever has a state, a kind or a way has words for it on documents, in each language: never its code."""

from collections.abc import Callable, Iterable
from enum import Enum

import pytest
from django.conf import settings
from django.utils import translation

from credentials.issuing.pages.published_labels import status_text
from credentials.issuing.rules import CredentialStatus, DatedStatus
from credentials.papers.labels import BASES, ENROLLMENT_STATES, KINDS
from credentials.record.pages.record_view import AWARD_STATES
from programs.audit.rules.figures import Way
from programs.models import AchievementType
from programs.models.awards import AWARDED
from programs.pathway.labels import CREDIT_DEFINITIONS, WAY_LABELS, definition_of
from programs.pathway.pages.pathway_view import status_in_words
from programs.rules.attainments import Basis
from programs.rules.enrollment import EnrollmentState, EnrollmentStatus

OTHERS = [code for code, _name in settings.LANGUAGES if code != "en"]
LISTS = {
    "states of enrollments": (EnrollmentState, ENROLLMENT_STATES),
    "bases": (Basis, BASES),
    "kinds of achievements": (AchievementType, KINDS),
    "ways": (Way, WAY_LABELS),
}

SAME = {"Badge"}
"""Words that are the same in German."""


def said(words: Iterable[Callable[[], str]], language: str) -> list[str]:
    with translation.override(language):
        return [word() for word in words]


@pytest.mark.parametrize(("members", "words"), LISTS.values(), ids=LISTS)
def test_each_member_has_words_of_its_own(members: type[Enum], words: dict[str, Callable[[], str]]) -> None:
    english = said(words.values(), "en")

    assert {member.value for member in members} - set(words) == set()
    assert len(set(english)) == len(english)
    assert all(word[0].isupper() for word in english)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize(("members", "words"), LISTS.values(), ids=LISTS)
def test_each_word_is_translated(members: type[Enum], words: dict[str, Callable[[], str]], language: str) -> None:
    same = set(said(words.values(), "en")) & set(said(words.values(), language))

    assert members
    assert same - SAME == set()


def test_each_state_of_an_enrollment_has_words_for_its_learner() -> None:
    assert all(status_in_words(EnrollmentStatus(state, None, None, 0)) for state in EnrollmentState)


def test_each_state_of_an_award_and_of_a_credential_has_words() -> None:
    assert set(AWARDED) - AWARD_STATES.keys() == set()
    assert all(str(status_text(DatedStatus(status)).text) for status in CredentialStatus)


@pytest.mark.parametrize("figure", CREDIT_DEFINITIONS)
def test_each_figure_of_credit_is_defined_under_its_own_name(figure: str) -> None:
    assert definition_of(figure).startswith(f"{figure.capitalize()}:")
