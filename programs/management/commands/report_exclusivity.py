"""`manage.py report_exclusivity`: learners whose audit would differ if competing parts did not share pieces."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from core import clock
from core.operator import CommandResult, OperatorCommand
from programs.audit.rules.qualifiers import figure
from programs.audit.solvers.cp_sat import CpSat
from programs.curriculum.queries.exclusivity import (
    ExclusivityDifference,
    Figures,
    exclusivity_differences,
    versions_shared_where_silent,
)


class Command(OperatorCommand):
    """Reads only. One line for each learner, as it is found, so that memory does not grow with their number."""

    help = (
        "Name every learner of a program version published before authors were asked about sharing whose audit would"
        " differ if each piece of study counted for one of the competing parts only. Nothing is changed."
    )

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Add the program, and the option to do without the solver."""
        parser.add_argument("--program", help="the code of one program; without it, all programs")
        parser.add_argument("--bounds-only", action="store_true", help="do without the solver: faster, less certain")

    def operate(self, **options: Any) -> CommandResult:  # noqa: ANN401 - argparse hands options untyped
        """Print each difference and the number of them."""
        versions = versions_shared_where_silent()
        if options["program"]:
            versions = versions.filter(program__code=options["program"])
            if not versions.exists():
                raise CommandError("No published version of a program with this code is shared where it is silent.")
        solver, at = (None if options["bounds_only"] else CpSat()), clock.now()
        count = 0
        for version in versions:
            for difference in exclusivity_differences(version, at=at, solver=solver):
                count += 1
                self.say(_in_words(difference))
        self.say(f"{count} learners would be audited differently." if count else "No audit would differ.")
        return CommandResult({"differing": count})


def _in_words(difference: ExclusivityDifference) -> str:
    enrollment, now, then = difference.enrollment, difference.shared, difference.exclusive
    certain = "" if now.proven and then.proven else " (not proven)"
    who = f"{enrollment.version}, {enrollment.learner.learner_number}"
    return f"{who}: {_audit_in_words(now)}; if exclusive: {_audit_in_words(then)}{certain}"


def _audit_in_words(figures: Figures) -> str:
    return f"{figures.status} {figures.percent} %, {figure(figures.distance)} left"
