"""`manage.py import_case FILE...`: imports CASE packages, each file completely or not at all."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from competencies.actions.import_package import import_package
from competencies.actions.uploading import record_import
from competencies.errors import FaultCode, PackageRefusedError
from competencies.formats import fault_messages as fault_words
from competencies.formats.json_source import check_size
from competencies.models import Framework
from competencies.rules.report import ImportReport
from core import clock
from core.operator import CommandResult, OperatorCommand


class Command(OperatorCommand):
    """Imports files one after another; a refused file does not stop the next one."""

    help = "Take in CASE 1.0 and 1.1 packages (JSON files). Every file is taken in completely or not at all."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Add the files and the options of the import."""
        parser.add_argument("files", nargs="+", metavar="FILE", help="CASE packages")
        parser.add_argument("--dry-run", action="store_true", help="do everything, say what came of it, undo it")
        parser.add_argument("--publish", action="store_true", help="show the frameworks to the public afterwards")
        parser.add_argument(
            "--keep-first",
            action="store_true",
            help="of several objects with one identifier take the first, and say which ones were left out",
        )
        parser.add_argument("--into", default="", metavar="ID", help="public id of the framework that this file is of")

    def operate(self, **options: Any) -> CommandResult:  # noqa: ANN401 - argparse hands options untyped
        """Import the files; return a report per file, and the faults of refused files as problems."""
        into = self._framework(options["into"], options["files"])
        results: list[dict[str, Any]] = []
        problems: list[str] = []
        for name in options["files"]:
            result, faults = self._import_file(Path(name), into, options)
            results.append({"file": Path(name).name, **result})
            problems += [f"{Path(name).name}: {sentences}" for sentences in faults]
        return CommandResult(facts={"files": results, "dry_run": options["dry_run"]}, problems=tuple(problems))

    def _import_file(
        self, path: Path, into: Framework | None, options: dict[str, Any]
    ) -> tuple[dict[str, Any], list[str]]:
        """Import one file; return its report as JSON and its faults as sentences."""
        at = clock.now()
        try:
            content = _bytes_of(path)
            chosen = {name: options[name] for name in ("dry_run", "publish", "keep_first")}
            report = import_package(content, at=at, into=into, **chosen)
        except PackageRefusedError as refusal:
            sentences = [fault_words.line_of_fault(fault) for fault in refusal.faults]
            sentences += [fault_words.unlisted_note(refusal.unlisted)] if refusal.unlisted else []
            self.say(f"{path.name}: refused, nothing was changed.")
            if {fault.code for fault in refusal.faults} == {FaultCode.IDENTIFIER_TWICE}:
                self.say("  With --keep-first it can be taken in: of each identifier the first object is kept.")
            return {"refused": True, **fault_words.as_json(refusal.faults, refusal.unlisted)}, sentences
        if not report.dry_run:
            record_import(report, file_name=path.name, content=content, at=at, finished_at=clock.now())
        self._print_report(path.name, report)
        return {"refused": False, **report.as_json()}, []

    def _print_report(self, name: str, report: ImportReport) -> None:
        """Print the counts per type and the notes."""
        done = "would be taken in (dry run, undone)" if report.dry_run else "taken in"
        self.say(f"{name}: “{report.title}” {done}; CASE {report.version}, framework {report.framework_id}")
        self.say(f"  {'type':24}{'source':>8}{'created':>9}{'updated':>9}{'unchanged':>11}{'retired':>9}{'skipped':>9}")
        for kind, tally in report.tallies.items():
            if tally.source or tally.retired:
                self.say(
                    f"  {kind:24}{tally.source:>8}{tally.created:>9}{tally.updated:>9}{tally.unchanged:>11}"
                    f"{tally.retired:>9}{sum(tally.skipped.values()):>9}"
                )
            for reason, count in tally.skipped.items():
                self.say(f"    {count} skipped: {_SKIPPED[reason]}")
            if tally.revised:
                self.say(f"    {tally.revised} of the updated were in use and got a new revision")
        for each in report.left_out:
            self.say(f"  Left out: {each.where}, {each.text}. Its identifier stands at {each.first}, which is kept.")
        if report.older_than:
            self.say(
                f"  Note: this file is older ({report.changed_at}) than what is here ({report.older_than})"
                + (f", “{report.namesake_of}”." if report.namesake_of else ": it puts an older state back.")
            )
        if report.namesake_of:
            self.say(
                f"  Note: its identifier {report.source_identifier} is also that of “{report.namesake_of}”, but it has"
                " another title, and is no newer or has no item in common, so it became a framework of its own."
                " If it is the same one, import it with --into and that framework's id."
            )
        if report.kept_statements:
            self.say(f"  {report.kept_statements} statements edited here were kept: the source has not changed them.")
        for item in report.retired_in_use:
            self.say(f"  In use, and no longer in the source, so retired: {item}")

    def _framework(self, public_id: str, files: list[str]) -> Framework | None:
        if not public_id:
            return None
        if len(files) > 1:
            raise CommandError("--into takes one file at a time.")
        try:
            return Framework.objects.get(public_id=public_id)
        except (Framework.DoesNotExist, ValidationError) as error:
            raise CommandError(f"There is no framework with the public id {public_id}.") from error


_SKIPPED = {
    "repeated": "the file holds it twice, word for word",
    "identifier_taken": "its identifier is that of another object, which is kept",
}


def _bytes_of(path: Path) -> bytes:
    """The content of the file. The size is checked first, so that a huge file is never read."""
    try:
        check_size(path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
