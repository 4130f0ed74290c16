"""Prints the table of imported CASE files for docs/figures.md: `python -m tests.competencies.figures` (rolled back)."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.competencies.packages import FIXTURE
from tests.conftest import SHARED

KINDS = {
    "CFItems": "items",
    "CFAssociations": "associations",
    "CFItemTypes": "item types",
    "CFSubjects": "subjects",
    "CFConcepts": "concepts",
    "CFLicenses": "licences",
    "CFAssociationGroupings": "groupings",
    "CFRubrics": "rubrics",
}


def rows() -> Iterator[str]:
    """A row of a Markdown table: objects in the file, imported rows, changes of a second import, and time."""
    from django.db import transaction

    from competencies.actions import import_package
    from competencies.errors import PackageRefusedError
    from competencies.formats import fault_messages as fault_words
    from core import clock

    yield f"| file | {' | '.join(KINDS.values())} | skipped | second run | seconds |"
    yield "|---|" + "---|" * (len(KINDS) + 3)
    refused: list[str] = []
    folder = SHARED / "standards" / "case" / "frameworks"
    with transaction.atomic():
        for path in [*sorted(folder.glob("*.*")), FIXTURE]:
            try:
                begun = time.perf_counter()
                first = import_package(path.read_bytes(), at=clock.now())
                seconds = time.perf_counter() - begun
                second = import_package(path.read_bytes(), at=clock.now())
            except PackageRefusedError as refusal:
                refused += [f"- `{path.name}`: {fault_words.line_of_fault(fault)}" for fault in refusal.faults]
                continue
            counts = [f"{first.tallies[kind].imported} of {first.tallies[kind].source}" for kind in KINDS]
            skipped = [
                f"{count} {KINDS[kind]} ({reason})"
                for kind, tally in first.tallies.items()
                for reason, count in tally.skipped.items()
            ]
            created = sum(tally.created for tally in second.tallies.values())
            updated = sum(tally.updated for tally in second.tallies.values())
            plain = [count if count != "0 of 0" else "" for count in counts]
            yield (
                f"| {path.name} | {' | '.join(plain)} | {', '.join(skipped)} | "
                f"{created} created, {updated} updated | {seconds:.2f} |"
            )
        transaction.set_rollback(True)
    yield ""
    yield "Refused, with nothing changed:"
    yield ""
    yield from refused


def main() -> int:
    """Run against the database of the settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
    import django

    django.setup()
    sys.stdout.writelines(f"{line}\n" for line in rows())
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    sys.exit(main())
