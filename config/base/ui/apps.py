"""Registers the app."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "config.base.ui"
    label = "ui"
