"""The house rules of stylesheets and templates: layers, logical properties, no ids, nothing inline."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import PACKAGES
from tests.conftest import ROOT

APPS = PACKAGES
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|inset)-(?:left|right|top|bottom)[\w-]*|left|right|top|bottom|float"
    r"|(?:min-|max-)?(?:width|height))\s*:|text-align:\s*(?:left|right)"
)
# Scripts come from files; JSON that a page holds for them is no script.
INLINE = re.compile(
    r"\sstyle=|<style|\son(?:click|change|submit|load|input|key\w+)=|javascript:|<script(?![^>]*(?:\bsrc=|application/json))"
)


def _files(pattern: str) -> Iterator[Path]:
    for app in APPS:
        yield from sorted((ROOT / app).rglob(pattern))


def _styles() -> list[Path]:
    """Those of pages: a sheet of paper has a size and sides, and documents are laid out for themselves."""
    return [path for path in _files("*.css") if "print" not in path.stem and "paper" not in path.parts]


def _rules(path: Path) -> str:
    """The sheet without comments, and without the conditions of @media, which know no logical widths."""
    bare = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"@media[^{]*", "", bare)


def _pages() -> list[Path]:
    """Templates of pages: mails and printed documents are no web pages and have styles of their own."""
    return [path for path in _files("*.html") if "mail" not in str(path) and "document" not in str(path)]


@pytest.mark.parametrize("path", _styles(), ids=lambda path: path.name)
def test_a_stylesheet_uses_logical_properties_and_neither_ids_nor_importance(path: Path) -> None:
    rules = _rules(path)

    assert PHYSICAL.findall(rules) == []
    assert re.findall(r"!important", rules) == []
    assert re.findall(r"#(?![0-9a-fA-F]{3,8}\b)[\w-]+", rules) == []


@pytest.mark.parametrize("path", _styles(), ids=lambda path: path.name)
def test_every_rule_stands_in_a_layer(path: Path) -> None:
    entry = (ROOT / "core/ui/static/ui/cairn.css").read_text(encoding="utf-8")
    outside = re.sub(r"@layer pages \{.*\n\}", "", _rules(path), flags=re.DOTALL)

    assert outside.strip() == "" or f'@import url("{path.name}") layer(' in entry or path.name == "cairn.css"


def test_no_template_of_a_page_holds_a_style_or_a_script() -> None:
    assert [str(path.relative_to(ROOT)) for path in _pages() if INLINE.search(path.read_text(encoding="utf-8"))] == []


def test_every_component_says_on_its_first_line_what_it_takes() -> None:
    components = sorted((ROOT / "core/ui/templates/ui").glob("*.html"))

    silent = [path.name for path in components if not path.read_text().startswith(f"{{# ui/{path.name}:")]

    assert silent == []
    assert len(components) > 10
