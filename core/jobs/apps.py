"""Registers the app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The app of background jobs."""

    name = "core.jobs"
    label = "jobs"
