"""`manage.py import_case FILE...`: takes CASE packages in, each file all or nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from competencies.actions.import_package import import_package
from competencies.actions.uploading import record_import
from competencies.errors import PackageRefusedError
from competencies.formats import fault_words
from competencies.formats.json_source import check_size
from competencies.models import Framework
from competencies.rules.report import ImportReport
from config.base import clock
from config.base.operator import OperatorCommand, Outcome


class Command(OperatorCommand):
    help = "Take in CASE 1.0 and 1.1 packages (JSON files). Every file is taken in completely or not at all."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="CASE packages")
        parser.add_argument("--dry-run", action="store_true", help="do everything, say what came of it, undo it")
        parser.add_argument("--publish", action="store_true", help="show the frameworks to the public afterwards")
        parser.add_argument("--into", default="", metavar="ID", help="public id of the framework that this file is of")

    def operate(self, **options: Any) -> Outcome:  # noqa: ANN401 - argparse hands options untyped
        into = self._framework(options["into"], options["files"])
        results: list[dict[str, Any]] = []
        problems: list[str] = []
        for name in options["files"]:
            result, refused = self._take(Path(name), into, options)
            results.append({"file": Path(name).name, **result})
            problems += [f"{Path(name).name}: {words}" for words in refused]
        return Outcome(facts={"files": results, "dry_run": options["dry_run"]}, problems=tuple(problems))

    def _take(self, path: Path, into: Framework | None, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """The result of one file as JSON, and what is wrong with it."""
        at = clock.now()
        try:
            content = _bytes_of(path)
            report = import_package(content, at=at, dry_run=options["dry_run"], publish=options["publish"], into=into)
        except PackageRefusedError as refusal:
            words = [fault_words.sentence(fault) for fault in refusal.faults]
            words += [fault_words.more(refusal.unlisted)] if refusal.unlisted else []
            self.say(f"{path.name}: refused, nothing was changed.")
            return {"refused": True, **fault_words.as_json(refusal.faults, refusal.unlisted)}, words
        if not report.dry_run:
            record_import(report, file_name=path.name, content=content, at=at, finished_at=clock.now())
        self._tell(path.name, report)
        return {"refused": False, **report.as_json()}, []

    def _tell(self, name: str, report: ImportReport) -> None:
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


_SKIPPED = {"repeated": "the file holds it twice, word for word"}


def _bytes_of(path: Path) -> bytes:
    """The file; one that is too large is refused unread."""
    try:
        check_size(path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
