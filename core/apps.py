"""Registers core and hands the app role its privileges after every migration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class BaseConfig(AppConfig):
    """The app of core itself; its label stays `base`, under which migrations are recorded."""

    name = "core"
    label = "base"

    def ready(self) -> None:
        """Grant privileges after each run of migrations."""
        from core.database.privileges import grant_privileges

        post_migrate.connect(grant_privileges, sender=self, dispatch_uid="base.grant_privileges")
