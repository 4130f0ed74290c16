"""`manage.py export_case ID`: writes a framework as a CASE package."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from competencies.formats.case import VERSIONS, written
from competencies.models import Framework
from competencies.queries import frameworks_named, package_of
from core.operator import CommandResult, OperatorCommand


class Command(OperatorCommand):
    """Writes a framework to a file or to standard output."""

    help = "Write a framework as a CASE package, strictly as the standard's schema asks."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:  # noqa: ANN401 - Django's
        """Resolve the conflict between our --version (of CASE) and Django's own option."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Add the framework, the CASE version and the output file."""
        parser.add_argument("framework", metavar="ID", help="public id, or the source's identifier")
        parser.add_argument(
            "--version",
            dest="case_version",
            choices=VERSIONS,
            default="1.1",
            help="CASE version to write (default 1.1)",
        )
        parser.add_argument("--output", default="", metavar="FILE", help="where to; standard output unless said")

    def operate(self, **options: Any) -> CommandResult:  # noqa: ANN401 - argparse hands options untyped
        """Write the package; return the counts of what was written."""
        framework = _framework(options["framework"])
        version = options["case_version"]
        tree = written(package_of(framework), version=version)
        text = json.dumps(tree, ensure_ascii=False, indent=2) + "\n"
        if options["output"]:
            Path(options["output"]).write_text(text, encoding="utf-8")
            self.say(f"“{framework.title}” written to {options['output']} as CASE {version}.")
        else:
            self.stdout.write(text, ending="")
        counts = {kind: len(tree[kind]) for kind in ("CFItems", "CFAssociations", "CFRubrics")}
        return CommandResult(facts={"framework": str(framework.public_id), "case_version": version, **counts})


def _framework(name: str) -> Framework:
    """The framework with this public id or source identifier. Raises CommandError."""
    rows = list(frameworks_named(name))
    if len(rows) == 1:
        return rows[0]
    if not rows:
        raise CommandError(f"There is no framework {name}.")
    choices = ", ".join(f"{row.public_id} ({row.title})" for row in rows)
    raise CommandError(f"Several frameworks claim the identifier {name}; name one by its public id: {choices}.")
