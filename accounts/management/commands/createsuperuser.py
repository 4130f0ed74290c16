"""`manage.py createsuperuser`: replaces Django's command, because there are no superusers here."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Refuses and names the command to use."""

    help = "Not offered: nobody stands above the rules. Use create_registrar."

    def handle(self, *_args: str, **_options: Any) -> None:  # noqa: ANN401 - argparse hands options untyped
        """Raise CommandError."""
        raise CommandError("There are no superusers here: use `manage.py create_registrar EMAIL --name NAME`.")
