"""Registers the app, for its periodic job."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """The app of the checks and jobs of files."""

    name = "core.files"
    label = "files"
