"""Registers the app and its entries in the sidebar of the desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People, organizations and rights."""

    name = "accounts"
    label = "accounts"
    verbose_name = _("people")

    def ready(self) -> None:
        """Add the sidebar entries. The import waits until here, because it needs loaded models."""
        from accounts.admin.sidebar import add_sidebar_entries

        add_sidebar_entries()
