"""Registers the app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "config.base.desk"
    label = "desk"
