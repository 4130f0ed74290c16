"""Account pages, mails and the frame of every page speak the languages that the footer offers."""

import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.conftest import ROOT

TRANSLATED = {
    "accounts": [
        "accounts/templates",
        "accounts/pages",
        "accounts/templatetags",
        "accounts/constraint_labels.py",
    ],
    "core/ui": [
        "core/ui/templates",
        "core/forms.py",
        "core/database/constraint_sentences.py",
        "core/jobs/constraint_labels.py",
    ],
    "competencies": ["competencies/constraint_labels.py"],
    # With dots: written with slashes, the folder of the mails would look like a path of one machine.
    "assessments": ["assessments/constraint_labels.py", "assessments.work.pages.mails".replace(".", "/") + ".py"],
    "programs": [
        "programs/constraint_labels.py",
        "programs/pathway/labels.py",
        "programs/pathway/pages/mails.py",
        "programs/awards/queries/approval_subjects.py",
        "programs/curriculum/queries/approval_subjects.py",
        "programs/decisions/queries.py",
    ],
    "credentials": [
        "credentials/templates/credentials/paper",
        "credentials/papers",
        "credentials/transcripts/formats",
        "credentials/templates/credentials/verify",
        "credentials/verification",
        "credentials/issuing/pages/mails.py",
        "credentials/issuing/queries/approval_subjects.py",
        "credentials/constraint_labels.py",
    ],
}
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
CATALOGS = [(app, language) for app in TRANSLATED for language in LANGUAGES]

LITERAL = re.compile(r"""(?:\{%\s*translate\s+|\b_(?:now)?\()("(?:[^"\\]|\\.)*")""")
BLOCK = re.compile(r"\{%\s*blocktranslate\b[^%]*%\}(.*?)\{%\s*endblocktranslate\s*%\}", re.DOTALL)
PLURAL = re.compile(r"\{%\s*plural\s*%\}")
ENTRY = re.compile(r'^msgid (".*")\n(?:msgid_plural ".*"\n)?((?:msgstr(?:\[\d\])? ".*"\n?)+)', re.MULTILINE)


def said_in(app: str) -> set[str]:
    """Every text that the app's pages ask to have translated."""
    return {text for folder in TRANSLATED[app] for path in _sources(ROOT / folder) for text in _texts(path)}


def _sources(folder: Path) -> Iterator[Path]:
    assert folder.exists(), f"{folder} has moved: nothing in it would be looked at"
    if folder.is_file():
        yield folder
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".html", ".txt", ".py"}:
            yield path


def _texts(path: Path) -> Iterator[str]:
    source = path.read_text(encoding="utf-8")
    yield from (_unquoted(found) for found in LITERAL.findall(source))
    for block in BLOCK.findall(source):
        yield re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", PLURAL.split(block)[0])


def written_in(app: str, language: str) -> dict[str, list[str]]:
    """The catalog as translators write it."""
    source = (ROOT / app / "locale" / language / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    return {
        _unquoted(name): [_unquoted(text) for text in re.findall(r'msgstr(?:\[\d\])? (".*")', texts)]
        for name, texts in ENTRY.findall(source)
        if name != '""'
    }


def _unquoted(text: str) -> str:
    return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")


@pytest.mark.parametrize(("app", "language"), CATALOGS)
def test_everything_said_is_translated(app: str, language: str) -> None:
    catalog = written_in(app, language)

    assert sorted(said_in(app) - {text for text, words in catalog.items() if all(words)}) == []


@pytest.mark.parametrize(("app", "language"), CATALOGS)
def test_placeholders_are_kept(app: str, language: str) -> None:
    def names(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)s", text))

    catalog = written_in(app, language)

    # One of something may be said without its number, so forms of number are left out here.
    single = {text: words[0] for text, words in catalog.items() if len(words) == 1}
    assert [text for text, word in single.items() if names(word) != names(text)] == []


@pytest.mark.parametrize(("app", "language"), CATALOGS)
def test_what_runs_is_what_was_written(app: str, language: str) -> None:
    compiled = ROOT / app / "locale" / language / "LC_MESSAGES" / "django.mo"
    with compiled.open("rb") as file:
        running = gettext.GNUTranslations(file)

    stale = [
        text
        for text, words in written_in(app, language).items()
        if words != [running.gettext(text)] and running.ngettext(text, text, 1) not in words
    ]

    assert stale == []
