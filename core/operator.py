"""The base of every management command: plain words for people, one line of JSON for programs, an honest exit."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.management.base import BaseCommand, CommandError


@dataclass(frozen=True)
class CommandResult:
    """What a command found or did: the facts as JSON, and what is wrong, a plain sentence each."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


class OperatorCommand(BaseCommand):
    """Subclasses write `operate`; they say things with `self.say` and refuse with CommandError.

    With `--json` the last line of stdout is one JSON object: the facts, `ok`, and `problems`.
    The exit status is 1 when there are problems or the command refused, 2 for wrong usage.
    """

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --json and the command's own arguments."""
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the outcome as JSON, last line")
        self.add_own_arguments(parser)

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """What this command takes beside --json."""

    def operate(self, **options: Any) -> CommandResult:  # noqa: ANN401 - argparse hands options untyped
        """Do the work; say it in words; return the facts."""
        raise NotImplementedError

    def handle(self, *_args: str, as_json: bool = False, **options: Any) -> None:  # noqa: ANN401 - as above
        """Call `operate` and report its result."""
        try:
            outcome = self.operate(**options)
        except CommandError as refusal:
            self._finish(as_json, CommandResult(problems=(str(refusal),)))
            raise
        self._finish(as_json, outcome)
        if outcome.problems:
            raise CommandError("\n".join(outcome.problems))

    def say(self, words: str) -> None:
        """Print one line of plain words."""
        self.stdout.write(words)

    def _finish(self, as_json: bool, outcome: CommandResult) -> None:
        if as_json:
            report = {"ok": not outcome.problems, "problems": list(outcome.problems), **outcome.facts}
            self.stdout.write(json.dumps(report, ensure_ascii=False, sort_keys=True))
