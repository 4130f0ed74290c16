"""Commands speak plain words; with --json the last line is one object; the exit status is honest."""

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from core.operator import CommandResult, OperatorCommand


class Counting(OperatorCommand):
    """Counts, finds problems, or refuses, as told."""

    problems: tuple[str, ...] = ()
    refusal = ""

    def operate(self, **_options: Any) -> CommandResult:
        if self.refusal:
            raise CommandError(self.refusal)
        self.say("Counted 3 rows.")
        return CommandResult({"rows": 3}, self.problems)


def run(command: OperatorCommand, *arguments: str) -> list[str]:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_without_json_there_are_words_only() -> None:
    assert run(Counting()) == ["Counted 3 rows."]


def test_with_json_the_last_line_is_the_outcome() -> None:
    *words, last = run(Counting(), "--json")

    assert words == ["Counted 3 rows."]
    assert json.loads(last) == {"ok": True, "problems": [], "rows": 3}


def test_a_problem_makes_the_command_fail() -> None:
    command = Counting()
    command.problems = ("Row 2 is broken.",)

    with pytest.raises(CommandError, match=r"Row 2 is broken\."):
        run(command)


def test_a_refusal_is_json_too() -> None:
    command, out = Counting(), io.StringIO()
    command.refusal = "No such file."

    with pytest.raises(CommandError, match=r"No such file\."):
        call_command(command, "--json", stdout=out)

    assert json.loads(out.getvalue()) == {"ok": False, "problems": ["No such file."]}
