"""Registers the app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "config.base.jobs"
    label = "jobs"
