"""`manage.py try_audit FILE`: audit a tree and attainments from a file, without touching the database."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext

from core.clock import now
from core.operator import CommandResult, OperatorCommand
from core.text.canonical import Json
from core.text.faults import FaultyError
from core.text.strict_json import load
from programs.audit.formats.audit_json import Trial, read_trials
from programs.audit.formats.audit_result_json import audit_as_json
from programs.audit.formats.audit_schema import SCHEMA
from programs.audit.formats.trial_checks import paths_of
from programs.audit.labels import fault_message, refusal_in_words
from programs.audit.rules.audit import audit
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.errors import AuditRefusedError
from programs.audit.rules.result import Audit
from programs.audit.solvers.cp_sat import CpSat
from programs.curriculum.rules.lint import lint


class Command(OperatorCommand):
    """Audits trials without the database."""

    help = "Audit a requirement tree with what a learner brings, both given as JSON, and print the result as JSON."
    requires_system_checks = ()  # they may ask the database

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Add the file, and the options for the schema and for an audit without the solver."""
        parser.add_argument("file", nargs="?", help="a JSON file with a tree and attainments, or cases; - reads stdin")
        parser.add_argument("--schema", action="store_true", help="print the JSON Schema of that file")
        parser.add_argument("--bounds-only", action="store_true", help="do without the solver, as web requests do")

    def operate(self, **options: Any) -> CommandResult:  # noqa: ANN401 - argparse hands options untyped
        """Print the audit of each trial in the file, or the schema."""
        if options["schema"]:
            return self._shown({"schema": SCHEMA}, SCHEMA)
        file: str | None = options["file"]
        if file is None:
            raise CommandError("Name a JSON file, or - to read it from stdin. --schema shows what it holds.")
        try:
            trials = read_trials(load(_content(file)))
        except FaultyError as error:
            raise CommandError("\n".join(_in_words(error))) from error
        solver = None if options["bounds_only"] else CpSat()
        if len(trials) == 1:
            return self._one(trials[0], solver)
        return self._many(trials, solver)

    def _one(self, trial: Trial, solver: Solver | None) -> CommandResult:
        try:
            as_json, wrong = _audit_as_json(trial, solver)
        except AuditRefusedError as error:
            raise CommandError(str(refusal_in_words(error))) from error
        return self._shown(as_json, as_json, *wrong)

    def _many(self, trials: Sequence[Trial], solver: Solver | None) -> CommandResult:
        results: list[dict[str, Json]] = []
        problems: list[str] = []
        for trial in trials:
            try:
                as_json, wrong = _audit_as_json(trial, solver)
            except AuditRefusedError as error:
                as_json, wrong = {"label": trial.label, "refused": str(refusal_in_words(error))}, []
            results.append(as_json)
            problems += wrong
        facts: dict[str, Any] = {"results": results}
        return self._shown(facts, facts, *problems)

    def _shown(self, facts: dict[str, Any], content: dict[str, Any], *problems: str) -> CommandResult:
        self.say(json.dumps(content, ensure_ascii=False, indent=2))
        return CommandResult(facts, tuple(problems))


def _content(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error


def _audit_as_json(trial: Trial, solver: Solver | None) -> tuple[dict[str, Json], list[str]]:
    """Return the audit as JSON, and its differences from the expected result. Without a date it is today's, in UTC."""
    on = trial.on or now().astimezone(UTC).date()
    result = audit(
        trial.tree,
        trial.attainments,
        trial.exceptions,
        planned=trial.planned,
        context=trial.context,
        on=on,
        facts=trial.facts,
        previous=trial.previous,
        solver=solver,
    )
    as_json = audit_as_json(result, on=on)
    if trial.context.method.decides_sharing:
        as_json |= {"read_as_exclusive": [*trial.read_as_exclusive], "findings": _findings(trial)}
    if trial.label:
        as_json = {"label": trial.label, **as_json}
    return as_json, _differences(trial, result)


def _findings(trial: Trial) -> list[Json]:
    """Return what the linter refuses before publishing; the audit answers all the same."""
    findings = lint(trial.tree, method=trial.context.method)
    places = {name: path for path, name in reversed(paths_of(trial.tree, "root"))}
    return [
        {
            "path": places[finding.node],
            "code": finding.code,
            "text": str(fault_message(places[finding.node], finding.code, finding.values)),
        }
        for finding in findings
    ]


def _differences(trial: Trial, result: Audit) -> list[str]:
    expected = trial.expect
    if expected is None:
        return []
    pairs: list[tuple[str, object, object]] = [
        ("status", expected.status.value, result.status.value),
        ("short", expected.short, result.projected.distance),
    ]
    if expected.blocking is not None:
        blocking = ", ".join(sorted(map(str, result.projected.blocking)))
        pairs.append(("blocking", ", ".join(sorted(expected.blocking)), blocking))
    return [
        gettext("%(label)s: %(member)s is %(found)s, expected %(expected)s.")
        % {"label": trial.label or "expect", "member": member, "found": blocking, "expected": wanted}
        for member, wanted, blocking in pairs
        if wanted != blocking
    ]


def _in_words(error: FaultyError) -> list[str]:
    return [str(fault_message(fault.path, fault.code, fault.values)) for fault in error.faults]
