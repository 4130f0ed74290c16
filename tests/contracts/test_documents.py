"""Documents that list what the code has: they are compared, so that they cannot drift."""

import re

from config.settings import base
from core.files.kinds import IN_WORDS
from tests.conftest import ROOT


def test_operations_lists_every_setting_of_the_environment() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "config" / "settings").glob("*.py"))
    read = set(re.findall(r"""env\.\w+\(\s*["'](\w+)["']""", source))
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/operations.md").read_text(), flags=re.MULTILINE))

    assert read == documented


def test_every_decision_is_numbered_once() -> None:
    pages = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("0*.md"))

    assert [int(name[:4]) for name in pages] == list(range(1, len(pages) + 1))


def test_operations_tells_how_much_learners_may_keep() -> None:
    page = (ROOT / "docs/operations.md").read_text()
    told = dict(re.findall(r"^\| `CAIRN_(FILES_\w+)` \|.*\| `(\d+)` \|$", page, flags=re.MULTILINE))

    assert {name: int(value) for name, value in told.items()} == {
        name: getattr(base, name) for name in dir(base) if name.startswith("FILES_")
    }


def test_operations_names_every_kind_of_file_that_is_taken() -> None:
    page = " ".join((ROOT / "docs/operations.md").read_text().split())
    told = page.partition("Taken are ")[2].partition(". Pictures")[0]

    named = told.replace("plain text (also Markdown and CSV)", "TXT, MD, CSV").replace(" and ", ", ")
    assert named == IN_WORDS
