"""Registers the app and its tasks on the desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"
    verbose_name = _("people")

    def ready(self) -> None:
        from accounts.admin.sidebar import add_tasks

        add_tasks()
