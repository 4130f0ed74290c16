"""Registers the app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "core.desk"
    label = "desk"
