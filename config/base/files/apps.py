"""Registers the app, for its periodic job."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "config.base.files"
    label = "files"
