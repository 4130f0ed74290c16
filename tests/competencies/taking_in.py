"""What holds for every CASE file that is taken in, ours or a published one."""

import json
from collections.abc import Sequence
from typing import Any

from competencies.actions import import_package
from competencies.formats.case import package_in, written
from competencies.formats.package import Package
from competencies.models import Association, Competency, Definition, Framework
from competencies.rules.report import ImportReport
from tests.competencies.packages import encoded
from tests.recipes import LONG_AGO


def take(content: bytes) -> ImportReport:
    return import_package(content, at=LONG_AGO)


def listed(content: bytes) -> dict[str, int]:
    """How many objects of each type the file holds, counted without our parsers."""
    tree: dict[str, Any] = json.loads(content)
    lists = {**(tree.get("CFDefinitions") or {}), **tree}
    names = ["CFItems", "CFAssociations", "CFItemTypes", "CFSubjects", "CFConcepts", "CFLicenses"]
    names += ["CFAssociationGroupings", "CFRubrics"]
    return {"CFDocument": 1, **{name: len(lists.get(name) or []) for name in names}}


def assert_taken_in_completely(content: bytes) -> None:
    report = take(content)

    assert {kind: tally.source for kind, tally in report.tallies.items() if kind in listed(content)} == listed(content)
    assert all(tally.complete for tally in report.tallies.values())
    framework = Framework.objects.get(public_id=report.framework_id)
    rows = {
        "CFItems": Competency.objects.filter(framework=framework).count(),
        "CFAssociations": Association.objects.filter(framework=framework).count(),
        "CFRubrics": Definition.objects.filter(framework=framework, kind="CFRubrics").count(),
    }
    assert rows == {kind: report.tallies[kind].imported for kind in rows}


def assert_a_second_import_changes_nothing(content: bytes) -> None:
    take(content)

    report = take(content)

    assert {kind: tally.unchanged for kind, tally in report.tallies.items()} == {
        kind: tally.source - sum(tally.skipped.values()) for kind, tally in report.tallies.items()
    }
    assert not report.changed


def assert_all_live_beside_each_other(contents: Sequence[bytes]) -> None:
    first = [take(content) for content in contents]

    second = [take(content) for content in contents]

    assert [report.changed for report in second] == [False] * len(contents)
    assert [report.framework_id for report in second] == [report.framework_id for report in first]
    assert Framework.objects.count() == len(contents)


def same(package: Package) -> tuple[Any, ...]:
    """All that writing must not lose."""
    return (package.document, package.items, package.edges, package.definitions, package.scales, package.extra)


def assert_reads_back_the_same(content: bytes) -> None:
    package = package_in(content)

    assert same(package_in(encoded(written(package, version="1.1")))) == same(package)
