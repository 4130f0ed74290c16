"""Registers what belongs to the assembled whole: its system checks."""

from django.apps import AppConfig


class AssemblyConfig(AppConfig):
    name = "config"
    label = "assembly"

    def ready(self) -> None:
        from config import checks

        checks.register()
