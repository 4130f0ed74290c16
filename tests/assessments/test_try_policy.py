"""`manage.py try_policy`: JSON in, decision out, no database."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from assessments.mastery.formats.policy_schema import SCHEMA, THREE_TIMES, TWO_OF_A_KIND
from tests.conftest import ROOT


def tried(*args: str) -> str:
    out = io.StringIO()
    call_command("try_policy", *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "trial.json"


def test_a_file_is_decided_and_explained(file: Path) -> None:
    file.write_text(json.dumps(THREE_TIMES), encoding="utf-8")

    output = json.loads(tried(str(file)))

    assert {name: output["decision"][name] for name in ("score", "level", "state", "mastered_on", "holds_until")} == {
        "score": "3.00",
        "level": 3,
        "state": "mastered",
        "mastered_on": "2026-05-04",
        "holds_until": "2027-03-05",
    }
    assert output["words"][-1] == "3 of 3 pieces of evidence at Proficient or above, by 2 assessors, latest 4 May"


def test_children_are_told_beside_their_parent(file: Path) -> None:
    file.write_text(json.dumps(TWO_OF_A_KIND), encoding="utf-8")

    output = json.loads(tried(str(file)))

    assert output["words"] == ["Mastered since 4 March", "2.00 of 2.00 points"]
    assert {name: child["decision"]["score"] for name, child in output["children"].items()} == {
        "Interview clients": "4.00",
        "Keep records": "4.00",
    }


def test_the_schema_is_printed_whole() -> None:
    assert json.loads(tried("--schema")) == SCHEMA


def test_with_json_the_last_line_is_one_object(file: Path) -> None:
    file.write_text(json.dumps(THREE_TIMES), encoding="utf-8")

    last = json.loads(tried(str(file), "--json").splitlines()[-1])

    assert (last["ok"], last["problems"], last["decision"]["state"]) == (True, [], "mastered")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"policy": {},\n "as_of": }', "Line 2, column 11: this is not JSON (Expecting value)."),
        (json.dumps({**THREE_TIMES, "polcy": 1}), "The member “polcy” is not known here. Did you mean “policy”?"),
        (
            json.dumps({**THREE_TIMES, "as_of": 5}),
            'as_of: 5 is not a date from 1900 to 2999. Write it as text, such as "2026-05-04".',
        ),
    ],
)
def test_what_is_wrong_is_said_plainly(file: Path, content: str, message: str) -> None:
    file.write_text(content, encoding="utf-8")

    with pytest.raises(CommandError) as refused:
        tried(str(file))

    assert str(refused.value).startswith(message)


def test_a_missing_file_and_no_file_at_all_are_said_plainly(file: Path) -> None:
    with pytest.raises(CommandError, match=r"trial\.json cannot be read: No such file or directory\.$"):
        tried(str(file))
    with pytest.raises(CommandError, match=r"^Name a JSON file"):
        tried()


def test_it_works_from_stdin_with_no_database_in_reach() -> None:
    ended = run("-", content=json.dumps(THREE_TIMES))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout)["decision"]["state"] == "mastered"


def test_a_refusal_ends_with_a_status_and_without_a_traceback() -> None:
    ended = run("-", content='{"policy": ')

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("CommandError: Line 1, column 12: this is not JSON")
    assert "Traceback" not in ended.stderr


def run(*args: str, content: str) -> subprocess.CompletedProcess[str]:
    """The command as an operator runs it; port 9 of this machine answers no database."""
    nowhere = dict.fromkeys(("DATABASE_URL", "DATABASE_OWNER_URL"), "postgres://nobody:nothing@127.0.0.1:9/none")
    environ: dict[str, Any] = {**os.environ, **nowhere, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "manage.py", "try_policy", *args],
        cwd=ROOT,
        env=environ,
        input=content,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
