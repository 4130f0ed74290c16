"""docs/glossary.md has every model once, and names only places that exist."""

import re
from collections import Counter

from django.apps import apps

from tests import PACKAGES
from tests.conftest import ROOT

ROW = re.compile(
    r"^\| (?P<term>[^|]+) \| (?:`(?P<model>[a-z_]+\.[A-Za-z]+)`)? ?\| (?P<places>[^|]*) \| (?P<meaning>[^|]+) \|",
    re.MULTILINE,
)
PLACE = re.compile(r"`((?:{})[\w/.]*)`".format("|".join(PACKAGES)))


def _rows() -> list[dict[str, str]]:
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    return [found.groupdict(default="") for found in ROW.finditer(text) if found["term"] not in {"Term", "---"}]


def test_every_model_stands_in_the_glossary_once() -> None:
    ours = {
        model._meta.label
        for model in apps.get_models()
        if model.__module__.split(".")[0] in PACKAGES and not hasattr(model, "pgh_tracked_model")
    }
    named = Counter(row["model"] for row in _rows() if row["model"])

    assert (set(named), {label for label, count in named.items() if count > 1}) == (ours, set())


def test_every_term_stands_once_with_a_meaning_and_places_that_exist() -> None:
    rows = _rows()
    places = {place for row in rows for place in PLACE.findall(row["places"])}

    assert [term for term, count in Counter(row["term"] for row in rows).items() if count > 1] == []
    assert {place for place in places if not (ROOT / place).exists()} == set()
    assert len(places) > 40  # the pattern still finds them
