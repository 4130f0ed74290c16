"""Pages, mails and documents speak the languages that the footer offers: every text, whole, and as it was written."""

import gettext
import re
from collections import defaultdict

import pytest
from django.conf import settings
from django.utils.translation import trans_real

from tests import PACKAGES
from tests.conftest import ROOT
from tests.contracts.texts import CONTEXT_END, bare_words, marked_texts, templates

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
CATALOGS = sorted(path.relative_to(ROOT).as_posix() for package in PACKAGES for path in (ROOT / package).rglob("*.po"))
ENTRY = re.compile(
    r'(?:^msgctxt (".*")\n)?^msgid (".*")\n(?:msgid_plural ".*"\n)?((?:msgstr(?:\[\d\])? ".*"\n?)+)', re.MULTILINE
)
# Words in templates that are the same in every language: the product, a standard, a zone.
NAMES = {"Cairn", "CASE", "UTC"}


@pytest.fixture(scope="module")
def keys_of() -> dict[str, set[str]]:
    """The keys of the texts of each package."""
    found = defaultdict(set)
    for text in marked_texts():
        found[text.app].add(text.key)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("app", PACKAGES)
def test_every_text_is_translated(app: str, language: str, keys_of: dict[str, set[str]]) -> None:
    catalog = trans_real.DjangoTranslation(language)._catalog  # type: ignore[attr-defined]

    # A text with forms of number has its key beside the number of the form.
    assert sorted(key for key in keys_of[app] if not (catalog.get(key) or catalog.get((key, 0)))) == []


def test_templates_leave_no_word_unmarked() -> None:
    found = {(path.name, word) for path in templates() for word in bare_words(path.read_text(encoding="utf-8"))}

    assert {(name, word) for name, word in found if word not in NAMES} == set()


def written_in(path: str) -> dict[str, list[str]]:
    """The catalog as translators write it, by key."""
    source = (ROOT / path).read_text(encoding="utf-8")
    return {
        (_unquoted(context) + CONTEXT_END if context else "") + _unquoted(name): [
            _unquoted(text) for text in re.findall(r'msgstr(?:\[\d\])? (".*")', texts)
        ]
        for context, name, texts in ENTRY.findall(source)
        if name != '""'
    }


def _unquoted(text: str) -> str:
    return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")


@pytest.mark.parametrize("path", CATALOGS)
def test_a_catalog_has_each_text_once_and_whole(path: str) -> None:
    source = (ROOT / path).read_text(encoding="utf-8")
    names = [(context, name) for context, name, _texts in ENTRY.findall(source)]

    assert sorted(each for each in set(names) if names.count(each) > 1) == []
    assert [text for text, words in written_in(path).items() if not all(words)] == []


@pytest.mark.parametrize("path", CATALOGS)
def test_placeholders_are_kept(path: str) -> None:
    def names(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)s", text))

    # One of something may be named without its number, so forms of number are left out here.
    single = {text: words[0] for text, words in written_in(path).items() if len(words) == 1}
    assert [text for text, word in single.items() if names(word) != names(text)] == []


@pytest.mark.parametrize("path", CATALOGS)
def test_what_runs_is_what_was_written(path: str) -> None:
    with (ROOT / path).with_suffix(".mo").open("rb") as file:
        running = gettext.GNUTranslations(file)

    stale = []
    for key, words in written_in(path).items():
        context, _end, text = key.rpartition(CONTEXT_END)
        one = running.npgettext(context, text, text, 1) if context else running.ngettext(text, text, 1)
        whole = running.pgettext(context, text) if context else running.gettext(text)
        if words != [whole] and one not in words:
            stale.append(key)
    assert stale == []
