"""docs/mails.md has every mail that a job sends, and names only places that exist."""

import re
from collections import Counter

from core.jobs.registry import all_handlers
from tests.conftest import ROOT

ROW = re.compile(r"^\| (?P<act>[^|]+) \| `(?P<job>[a-z_.]+)` \| `(?P<text>[\w.]+)` \| (?P<who>[^|]+) \|$", re.MULTILINE)
# A mail whose job is called by another name: stored names are never changed.
CALLED_OTHERWISE = {"credentials.tell"}


def rows() -> list[dict[str, str]]:
    return [found.groupdict() for found in ROW.finditer((ROOT / "docs/mails.md").read_text(encoding="utf-8"))]


def test_every_mail_stands_in_the_table_once() -> None:
    ours = {handler.name for handler in all_handlers() if ".mail_" in handler.name} | CALLED_OTHERWISE

    assert Counter(row["job"] for row in rows()) == Counter(ours)


def test_every_text_is_there() -> None:
    assert len(rows()) > 20
    texts = {row["text"] for row in rows()}
    assert sorted(text for text in texts if not (ROOT / f"{text.replace('.', '/')}.py").exists()) == []
