"""Every text of the product that is marked for translation, found in modules and templates."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation.template import templatize

from tests import PACKAGES
from tests.conftest import ROOT

# The functions that ask for a translation, by their last name; `_now` and `_lazy` are our names of two of them.
MARKS = {"_", "_now", "_lazy", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL_MARKS = {"ngettext", "ngettext_lazy"}
CONTEXT_MARKS = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
# Between the context and the text in the key of a catalog, as gettext writes it.
CONTEXT_END = "\x04"
STRING = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
# What `templatize` writes for a tag of a template, and a call of `_` in a filter or in a variable.
CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*u?({STRING})(?:\s*,\s*u?({STRING}))?(?:\s*,\s*u?({STRING}))?")


@dataclass(frozen=True, slots=True)
class Text:
    """One marked text: its key in catalogs, what is read, and the file that has it."""

    key: str
    readings: tuple[str, ...]
    place: str

    @property
    def app(self) -> str:
        """The package of the file."""
        return self.place.split("/", 1)[0]


@cache
def marked_texts() -> tuple[Text, ...]:
    """Return the texts of all modules and templates; read once in a process, as files do not change in a run."""
    return tuple(_marked_texts())


def _marked_texts() -> Iterator[Text]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            place = path.relative_to(ROOT).as_posix()
            if path.suffix == ".py" and "migrations" not in path.parts:
                yield from texts_of_module(path.read_text(encoding="utf-8"), place)
            elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
                yield from texts_of_template(path.read_text(encoding="utf-8"), place)


def texts_of_module(source: str, place: str) -> Iterator[Text]:
    """Yield the marked texts of Python; a text may be written in several pieces."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        written = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if written:
            yield from _text(name, written, place)


def texts_of_template(source: str, place: str) -> Iterator[Text]:
    """Yield the marked texts of a template."""
    for name, *written in CALL.findall(templatize(source, origin=place)):
        yield from _text(name, [ast.literal_eval(each) for each in written if each], place)


def _text(name: str, written: list[str], place: str) -> Iterator[Text]:
    if name in MARKS:
        yield Text(written[0], (written[0],), place)
    elif name in PLURAL_MARKS:
        yield Text(written[0], tuple(written[:2]), place)
    elif name in CONTEXT_MARKS:
        yield Text(written[0] + CONTEXT_END + written[1], tuple(written[1:3]), place)


def bare_words(template: str) -> list[str]:
    """Return the words of a template that no tag marks for translation, without scripts, comments and attributes."""
    hidden = (
        r"\{#.*?#\}|\{%\s*comment\b.*?endcomment\s*%\}|\{%\s*blocktranslate\b.*?endblocktranslate\s*%\}"
        r"|\{%\s*block\s+(?:header_|footer_)?width\s*%\}.*?\{%\s*endblock[^%]*%\}|<(?:style|script)\b.*?</(?:style|script)>"
    )
    shown = re.sub(hidden, " ", template, flags=re.DOTALL)
    shown = re.sub(r"\{[{%].*?[%}]\}", " ", shown, flags=re.DOTALL)
    labels = re.findall(r'\b(?:title|alt|aria-label|placeholder)="([^"]*)"', shown)
    shown = re.sub(r"<[^>]*>", " ", shown, flags=re.DOTALL)
    return [word for text in (shown, *labels) for word in re.findall(r"[^\W\d_]{2,}", text)]


def templates() -> Iterator[Path]:
    """Yield every template of the product."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in {".html", ".txt"} and "templates" in path.parts:
                yield path
