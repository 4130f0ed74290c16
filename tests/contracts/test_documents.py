"""Documents that list what the code has: they are compared, so that they cannot drift."""

import re

from tests.conftest import ROOT


def test_operations_lists_every_setting_of_the_environment() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "config" / "settings").glob("*.py"))
    read = set(re.findall(r"""env\.\w+\(\s*["'](\w+)["']""", source))
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/operations.md").read_text(), flags=re.MULTILINE))

    assert read == documented


def test_every_decision_is_numbered_once() -> None:
    pages = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("0*.md"))

    assert [int(name[:4]) for name in pages] == list(range(1, len(pages) + 1))
