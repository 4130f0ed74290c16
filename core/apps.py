"""Registers core and hands the app role its privileges after every migration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class BaseConfig(AppConfig):
    name = "core"
    label = "base"

    def ready(self) -> None:
        from core.database.privileges import grant_privileges

        post_migrate.connect(grant_privileges, sender=self, dispatch_uid="base.grant_privileges")
