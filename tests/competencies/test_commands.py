"""The management commands of competencies: readable output, a last line of JSON, and the exit status."""

import contextlib
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from competencies.models import CaseImport, Framework
from tests.competencies.packages import FIXTURE, encoded, item, package, small

pytestmark = pytest.mark.django_db


def run(command: str, *arguments: str) -> tuple[str, dict[str, Any]]:
    """What the command said, and its last line of JSON; what it refused with stands there under `problems`."""
    out = StringIO()
    with contextlib.suppress(CommandError):
        call_command(command, *arguments, "--json", stdout=out)
    lines = out.getvalue().splitlines()
    return "\n".join(lines[:-1]), json.loads(lines[-1])


def test_importing_says_each_types_counts(tmp_path: Path) -> None:
    output, facts = run("import_case", str(FIXTURE))

    assert facts["ok"]
    assert facts["files"][0]["types"]["CFItems"]["created"] == 74
    assert "“Applied Data and Digital Care” taken in; CASE 1.1" in output
    assert CaseImport.objects.get().state == "imported"
    assert not Framework.objects.get().published


def test_importing_again_says_that_nothing_changed() -> None:
    run("import_case", str(FIXTURE))

    _said, facts = run("import_case", str(FIXTURE))

    counts = facts["files"][0]["types"].values()
    assert [(tally["created"], tally["updated"], tally["retired"]) for tally in counts] == [(0, 0, 0)] * len(counts)
    assert not facts["files"][0]["changed"]


def test_a_dry_run_leaves_nothing() -> None:
    output, facts = run("import_case", str(FIXTURE), "--dry-run")

    assert "would be taken in (dry run, undone)" in output
    assert (facts["dry_run"], Framework.objects.count(), CaseImport.objects.count()) == (True, 0, 0)


def test_publishing_on_the_way_in() -> None:
    run("import_case", str(FIXTURE), "--publish")

    assert Framework.objects.get().published


def test_one_bad_file_does_not_keep_the_others_out(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.json", tmp_path / "good.json"
    bad.write_bytes(b"{")
    good.write_bytes(encoded(small()))

    output, facts = run("import_case", str(bad), str(good))

    assert not facts["ok"]
    assert [file["refused"] for file in facts["files"]] == [True, False]
    assert facts["problems"][0].startswith("bad.json: line 1, column 2: This is not JSON")
    assert Framework.objects.count() == 1
    assert "bad.json: refused, nothing was changed." in output


def test_a_repeated_identifier_is_kept_once_when_that_is_asked_for(tmp_path: Path) -> None:
    tree = small()
    tree["CFItems"].append(item("later", identifier=tree["CFItems"][0]["identifier"]))
    file = tmp_path / "twice.json"
    file.write_bytes(encoded(tree))

    refusal, _facts = run("import_case", str(file))
    output, facts = run("import_case", str(file), "--keep-first")

    assert "With --keep-first it can be taken in" in refusal
    assert "Left out: /CFItems/3, later Can do later." in output
    assert "Its identifier stands at /CFItems/0, which is kept." in output
    assert facts["files"][0]["left_out"][0]["where"] == "/CFItems/3"
    assert CaseImport.objects.get().report["types"]["CFItems"]["skipped"] == {"identifier_taken": 1}


def test_an_older_file_is_called_older(tmp_path: Path) -> None:
    file = tmp_path / "bread.json"
    file.write_bytes(encoded(small()))
    run("import_case", str(file))
    file.write_bytes(encoded(small()).replace(b"2026-03-01", b"2020-03-01"))

    output, _facts = run("import_case", str(file), "--dry-run")

    assert "this file is older (2020-03-01T09:00:00+00:00) than what is here (2026-03-01T09:00:00+00:00)" in output


def test_a_missing_file_is_said_plainly(tmp_path: Path) -> None:
    _said, facts = run("import_case", str(tmp_path / "none.json"))

    assert facts["problems"] == [f"{tmp_path / 'none.json'} cannot be read: No such file or directory."]


def test_a_file_of_100_mb_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    with file.open("wb") as hole:
        hole.truncate(100 * 1024 * 1024)

    _said, facts = run("import_case", str(file))

    (problem,) = facts["problems"]
    assert problem.startswith("large.json: The file has 100 MB; the limit is 30 MB. Export the framework in parts")
    assert problem.endswith("[too_large]")


def test_a_file_of_another_document_does_not_go_into_a_framework(tmp_path: Path) -> None:
    run("import_case", str(FIXTURE))
    file = tmp_path / "bread.json"
    file.write_bytes(encoded(small()))

    _said, facts = run("import_case", str(file), "--into", str(Framework.objects.get().public_id))

    assert "[other_document]" in facts["problems"][0]


def test_a_namesake_is_pointed_out(tmp_path: Path) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    one.write_bytes(encoded(package()))
    two.write_bytes(encoded(package(document={"title": "Cloth"})))

    output, _facts = run("import_case", str(one), str(two))

    assert "is also that of “Bread”" in output


def test_a_file_goes_into_the_framework_that_is_named(tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_bytes(encoded(package()))
    run("import_case", str(file))
    file.write_bytes(encoded(package(document={"title": "Cloth"})))

    run("import_case", str(file), "--into", str(Framework.objects.get().public_id))

    assert Framework.objects.get().title == "Cloth"


@pytest.mark.parametrize("wrong", ["nothing", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_framework_is_said_plainly(wrong: str) -> None:
    for command, arguments in (("import_case", [str(FIXTURE), "--into", wrong]), ("export_case", [wrong])):
        _said, facts = run(command, *arguments)

        assert facts["problems"] == [facts["problems"][0]]
        assert "There is no framework" in facts["problems"][0]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_exporting_writes_a_package_that_can_be_imported(tmp_path: Path, version: str) -> None:
    run("import_case", str(FIXTURE))
    target = tmp_path / "out.json"

    _said, facts = run(
        "export_case", str(Framework.objects.get().public_id), "--version", version, "--output", str(target)
    )

    assert (facts["case_version"], facts["CFItems"]) == (version, 74)
    assert len(json.loads(target.read_text())["CFItems"]) == 74


def test_a_shared_identifier_must_be_told_apart(tmp_path: Path) -> None:
    for name, title in (("one", "Bread"), ("two", "Cloth")):
        (tmp_path / name).write_bytes(encoded(package(document={"title": title})))
        run("import_case", str(tmp_path / name))

    _said, facts = run("export_case", package()["CFDocument"]["identifier"])

    assert "Several frameworks claim the identifier" in facts["problems"][0]
