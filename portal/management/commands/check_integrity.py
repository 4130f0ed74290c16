"""`manage.py check_integrity`: replays and compares everything that can be, and names each thing that is wrong."""

from typing import Any

from core.operator import CommandResult, OperatorCommand
from portal.queries.integrity import IntegrityProblem, checked_apps, missing_guards, problems_and_notes_of


class Command(OperatorCommand):
    help = (
        "Check every award, document, digest, status bit and guard; exit 1 and name each problem when there is one. "
        "What waits for a person after records were linked or parted is named too, and is no problem."
    )

    def operate(self, **_options: Any) -> CommandResult:  # noqa: ANN401 - argparse hands options untyped
        """Check every app and the guards; the problems are the outcome, and `notes` what waits for a person."""
        found: list[IntegrityProblem] = []
        notes: list[str] = []
        counts = {}
        for app in checked_apps():
            own, named = problems_and_notes_of(app)
            counts[app] = len(own)
            self.say(f"{app}: {len(own) or 'no'} problem{'' if len(own) == 1 else 's'}")
            found += own
            notes += [f"{app}: {note}" for note in named]
            for note in named:
                self.say(f"{app}: {note}")
        guards = list(missing_guards())
        counts["guards"] = len(guards)
        self.say(f"guards: {len(guards) or 'no'} problem{'' if len(guards) == 1 else 's'}")
        found += guards
        return CommandResult(
            {"checked": counts, "notes": notes}, tuple(f"{each.app}: {each.sentence}" for each in found)
        )
