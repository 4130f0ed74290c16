"""Registers the app."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "config.site"
    label = "site"
