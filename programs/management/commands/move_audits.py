"""`manage.py move_audits`: open enrollments are audited by the newest method from now on; what changes is reported."""

from argparse import ArgumentParser
from typing import Any

from core import clock
from core.operator import CommandResult, OperatorCommand
from programs.audit.solvers.cp_sat import CpSat
from programs.awards.actions.moving import (
    ask_to_move_all,
    awards_of_ended_in_question,
    learners_by_older_methods,
    previewed_moves,
)
from programs.models import AuditMove


class Command(OperatorCommand):
    help = "Move open enrollments to the newest method of audit. With --dry-run, only report what would change."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Add --dry-run."""
        parser.add_argument("--dry-run", action="store_true", help="change nothing; print what would change")

    def operate(self, *, dry_run: bool = False, **_options: Any) -> CommandResult:  # noqa: ANN401 - argparse hands options untyped
        """Print what would change, or promise the work to background jobs."""
        if not dry_run:
            count = len(learners_by_older_methods())
            ask_to_move_all()
            self.say(f"{count} learners are moved by background jobs; the desk lists each change.")
            return CommandResult({"learners": count})
        counts = {"enrollments": 0, "changed": 0, "awards_to_review": 0}
        for move in previewed_moves(at=clock.now(), solver=CpSat()):
            counts["enrollments"] += 1
            counts["changed"] += move.changed
            counts["awards_to_review"] += move.awards_in_question
            if move.changed or move.awards_in_question:
                self.say(_line(move))
        for learner_id in learners_by_older_methods():
            for award in awards_of_ended_in_question(learner_id, at=clock.now(), solver=CpSat()):
                counts["awards_to_review"] += 1
                self.say(f"Award {award.public_id} of an ended enrollment: to review")
        self.say(f"{counts['enrollments']} enrollments, {counts['changed']} with other figures. Nothing was changed.")
        return CommandResult(counts)


def _line(move: AuditMove) -> str:
    """Return one enrollment with its figures before and after; amounts in credits."""
    figures = (
        ("status", move.status_before, move.status_after),
        ("percent", move.percent_before, move.percent_after),
        ("left", _amount(move.distance_before), _amount(move.distance_after)),
        ("credits", _amount(move.credits_before), _amount(move.credits_after)),
    )
    changed = ", ".join(f"{name} {old} → {new}" for name, old, new in figures if old != new)
    review = f", awards to review: {move.awards_in_question}" if move.awards_in_question else ""
    return f"Enrollment {move.enrollment.public_id}: {changed or 'same figures'}{review}"


def _amount(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"
