"""`manage.py export_credentials DIR`: all that was signed as files, to be verified without Cairn."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from core.clock import now
from core.operator import CommandResult, OperatorCommand
from credentials.issuing.queries.escrow import exported_files
from credentials.transcripts.actions.printing import printed_files

INDEX = "index.json"


class Command(OperatorCommand):
    """Writes the export into a folder, which must be new, empty, or an earlier export."""

    help = "Write every signed credential, did.json and status list into a folder, with an index by address."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Add the folder, and the option for PDFs."""
        parser.add_argument("folder", metavar="DIR", help="a folder that is new, empty, or holds an earlier export")
        parser.add_argument("--pdf", action="store_true", help="add every certificate and transcript as a PDF")

    def operate(self, **options: Any) -> CommandResult:  # noqa: ANN401 - argparse hands options untyped
        """Write the files and the index; raises CommandError."""
        folder = options["folder"]
        place = Path(folder)
        if place.exists() and (not place.is_dir() or (any(place.iterdir()) and not (place / INDEX).is_file())):
            raise CommandError(f"{folder} holds something else: name a new folder, or one with an earlier export.")
        try:
            index = _written(place)
            printed, unprinted = _printed(place) if options["pdf"] else (0, [])
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}.") from error
        self.say(f"{len(index)} files, named by their addresses in {INDEX}.")
        if options["pdf"]:
            self.say(f"{printed} PDFs.")
        return CommandResult(
            {"files": len(index), "pdfs": printed},
            tuple(f"{name} cannot be printed: no font on this server has all of its characters." for name in unprinted),
        )


def _written(place: Path) -> dict[str, str]:
    """Write all files, the index last, so that an index never names a file that is missing."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    (place / INDEX).unlink(missing_ok=True)
    index = {}
    for file in exported_files():
        (place / file.name).write_bytes(file.content)
        index[file.url] = file.name
    (place / INDEX).write_text(json.dumps(index, indent=1), encoding="utf-8")
    return index


def _printed(place: Path) -> tuple[int, list[str]]:
    """Write all PDFs; return how many there are, and the names of those that no font can print."""
    printed, unprinted = 0, []
    for name, content in printed_files(at=now()):
        if content is None:
            unprinted.append(name)
        else:
            (place / name).write_bytes(content)
            printed += 1
    return printed, unprinted
