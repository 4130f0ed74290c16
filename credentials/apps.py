"""Registers the app and what it listens to."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CredentialsConfig(AppConfig):
    name = "credentials"
    label = "credentials"
    verbose_name = _("credentials")

    def ready(self) -> None:
        from credentials.subscribers import promise_end_of_papers, promise_paper
        from programs.announcements import awarded, rescinded

        awarded.connect(promise_paper)
        rescinded.connect(promise_end_of_papers)
