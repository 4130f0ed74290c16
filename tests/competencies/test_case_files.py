"""All published CASE files that we could find: imported completely, or refused with reasons."""

import json
from pathlib import Path
from typing import Any

import pytest

from competencies.actions import import_package
from competencies.errors import PackageRefusedError
from competencies.formats.case import package_in
from competencies.models import Association, Competency, Definition, Framework
from competencies.rules.report import ImportReport
from tests.competencies.packages import FIXTURE
from tests.conftest import SHARED
from tests.recipes import LONG_AGO

FOLDER = SHARED / "standards" / "case" / "frameworks"
STUB = "smarter-balanced-ela-content-specification-stub-invalid.json"
FILES = [*sorted(FOLDER.glob("*.json")), FIXTURE]
GOOD = [path for path in FILES if path.name != STUB]
TABLES = sorted(FOLDER.glob("*.csv"))

pytestmark = pytest.mark.django_db


def listed(path: Path) -> dict[str, int]:
    """How many objects of each type the file holds, counted without our parsers."""
    tree: dict[str, Any] = json.loads(path.read_bytes())
    lists = {**(tree.get("CFDefinitions") or {}), **tree}
    names = ["CFItems", "CFAssociations", "CFItemTypes", "CFSubjects", "CFConcepts", "CFLicenses"]
    names += ["CFAssociationGroupings", "CFRubrics"]
    return {"CFDocument": 1, **{name: len(lists.get(name) or []) for name in names}}


def take(path: Path) -> ImportReport:
    return import_package(path.read_bytes(), at=LONG_AGO)


def test_the_folder_of_published_files_is_looked_at(shared: Path) -> None:
    assert len(GOOD) >= 14


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_published_file_is_taken_in_completely(path: Path) -> None:
    report = take(path)

    assert {kind: tally.source for kind, tally in report.tallies.items() if kind in listed(path)} == listed(path)
    assert all(tally.complete for tally in report.tallies.values())
    framework = Framework.objects.get(public_id=report.framework_id)
    rows = {
        "CFItems": Competency.objects.filter(framework=framework).count(),
        "CFAssociations": Association.objects.filter(framework=framework).count(),
        "CFRubrics": Definition.objects.filter(framework=framework, kind="CFRubrics").count(),
    }
    assert rows == {kind: report.tallies[kind].imported for kind in rows}


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_second_import_changes_nothing(path: Path) -> None:
    take(path)

    report = take(path)

    assert {kind: tally.unchanged for kind, tally in report.tallies.items()} == {
        kind: tally.source - sum(tally.skipped.values()) for kind, tally in report.tallies.items()
    }
    assert not report.changed


def test_all_files_live_beside_each_other_though_seven_claim_one_identifier(shared: Path) -> None:
    first = [take(path) for path in GOOD]

    second = [take(path) for path in GOOD]

    assert [report.changed for report in second] == [False] * len(GOOD)
    assert [report.framework_id for report in second] == [report.framework_id for report in first]
    assert Framework.objects.count() == len(GOOD)
    assert Competency.objects.count() == sum(listed(path)["CFItems"] for path in GOOD)


def test_all_files_live_beside_each_other_in_any_order(shared: Path) -> None:
    light = [path for path in GOOD if path.stat().st_size < 1_000_000]
    for path in light[::-1]:
        take(path)

    assert [take(path).changed for path in light] == [False] * len(light)
    assert Framework.objects.count() == len(light) == len(GOOD) - 1


def test_the_one_repeat_in_the_published_files_is_counted(shared: Path) -> None:
    repeats = {path.name: package_in(path.read_bytes()).repeats for path in GOOD}

    assert {name: [each.kind for each in found] for name, found in repeats.items() if found} == {
        "smarter-balanced-math-content-specification.json": ["CFAssociations"]
    }


def test_the_broken_stub_is_refused_with_every_reason(shared: Path) -> None:
    with pytest.raises(PackageRefusedError) as refusal:
        take(FOLDER / STUB)

    assert [(fault.code, fault.where) for fault in refusal.value.faults] == [
        ("missing", "/CFItems/0"),
        ("identifier_twice", "/CFItems/3"),
        ("identifier_twice", "/CFItems/4"),
    ]
    assert all(fault.line == 1 and fault.column for fault in refusal.value.faults)
    assert not Framework.objects.exists()


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_table_is_no_package(path: Path) -> None:
    with pytest.raises(PackageRefusedError) as refusal:
        package_in(path.read_bytes())

    assert [fault.code for fault in refusal.value.faults] == ["not_json"]
