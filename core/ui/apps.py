"""Registers the app."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The app of the frame and components of all pages."""

    name = "core.ui"
    label = "ui"
