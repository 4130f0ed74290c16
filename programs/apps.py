"""Registers the app and what it listens to."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgramsConfig(AppConfig):
    name = "programs"
    label = "programs"
    verbose_name = _("programs")

    def ready(self) -> None:
        from assessments.announcements import mastery_changed
        from programs.subscribers import reaudit_what_it_touches

        mastery_changed.connect(reaudit_what_it_touches)
