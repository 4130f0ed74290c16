"""Registers what belongs to the assembled whole: its system checks."""

from django.apps import AppConfig


class AssemblyConfig(AppConfig):
    """The app of the assembled whole: its system checks."""

    name = "config"
    label = "assembly"

    def ready(self) -> None:
        """Register the system checks."""
        from config import checks

        checks.register()
