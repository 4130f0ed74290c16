"""`manage.py try_policy FILE`: decide mastery by a policy from observations in a file, without the database."""

import json
import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from assessments.mastery.formats.decision_json import as_json
from assessments.mastery.formats.fault_messages import fault_message
from assessments.mastery.formats.policy_json import read_trial
from assessments.mastery.formats.policy_schema import SCHEMA
from assessments.mastery.labels import explanation_in_words
from assessments.mastery.rules.decision_inputs import Verdict, decide_subject
from core.operator import CommandResult, OperatorCommand
from core.text.canonical import Json
from core.text.faults import FaultyError
from core.text.strict_json import load


class Command(OperatorCommand):
    """Try a mastery policy before it is stored."""

    help = "Decide mastery by a policy from observations, both given as JSON, and print the decision as JSON."
    requires_system_checks = ()  # they may ask the database

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Add the file and the option that prints its schema."""
        parser.add_argument("file", nargs="?", help="a JSON file with a policy and observations; - reads stdin")
        parser.add_argument("--schema", action="store_true", help="print the JSON Schema of that file")

    def operate(self, **options: Any) -> CommandResult:  # noqa: ANN401 - argparse hands options untyped
        """Print the decision on the file, or the schema."""
        if options["schema"]:
            return self._shown({"schema": SCHEMA}, SCHEMA)
        file: str | None = options["file"]
        if file is None:
            raise CommandError("Name a JSON file, or - to read it from stdin. --schema shows what it holds.")
        try:
            trial = read_trial(load(_content(file)))
            verdict = decide_subject(trial.subject, as_of=trial.as_of, known_at=trial.known_at)
        except FaultyError as error:
            raise CommandError("\n".join(str(fault_message(fault)) for fault in error.faults)) from error
        result = _as_json(verdict, on=trial.as_of)
        return self._shown(result, result)

    def _shown(self, facts: dict[str, Any], content: dict[str, Any]) -> CommandResult:
        self.say(json.dumps(content, ensure_ascii=False, indent=2))
        return CommandResult(facts)


def _content(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error


def _as_json(verdict: Verdict, *, on: date) -> dict[str, Json]:
    """Return a verdict with its words, and the verdicts on its children."""
    result: dict[str, Json] = {
        "decision": as_json(verdict.decision),
        "explanation": as_json(verdict.explanation),
        "words": [*explanation_in_words(verdict.explanation, on=on)],
    }
    if verdict.children:
        result["children"] = {name: _as_json(child, on=on) for name, child in verdict.children}
    return result
