"""Registers the app."""

from django.apps import AppConfig


class CompetenciesConfig(AppConfig):
    name = "competencies"
    label = "competencies"
