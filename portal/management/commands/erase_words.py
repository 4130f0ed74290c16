"""`manage.py erase_words NUMBER`: what a learner wrote and what was said of them is erased, for good."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from accounts.models import Learner
from core.operator import CommandResult, OperatorCommand
from portal.actions.erasing import erase_words_about


class Command(OperatorCommand):
    help = (
        "Erase all words about a learner that no law keeps: texts and files of their work, comments, notes. Levels, "
        "dates and decisions stay. Nothing brings the words back, but for backups: they go when those go."
    )

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """The learner number, and --yes."""
        parser.add_argument("number", help="the learner number")
        parser.add_argument("--yes", action="store_true", help="do not ask first")

    def operate(self, **options: Any) -> CommandResult:  # noqa: ANN401 - argparse hands options untyped
        """Erase the words about one person."""
        number = options["number"]
        learner = Learner.objects.filter(learner_number=number).first()
        if learner is None:
            raise CommandError(f"No learner has the number {number}. The desk's list of learners shows them.")
        question = f"Erase all words about learner {number} for good? Type the number again: "
        if not options["yes"] and input(question) != number:
            raise CommandError("Nothing was erased.")
        erased = erase_words_about(learner)
        self.say(f"Learner {number}: {erased.texts} texts and {erased.files} files erased.")
        return CommandResult({"texts": erased.texts, "files": erased.files})
