"""Registers the app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The app of the desk's templates and static files."""

    name = "core.desk"
    label = "desk"
