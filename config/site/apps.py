"""Registers the app, and the way to the desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    name = "config.site"
    label = "site"

    def ready(self) -> None:
        from config.base.access import desk_user
        from config.base.ui.navigation import Link, add_link

        add_link(
            Link(
                label=_("Desk"),
                route="admin:index",
                shown_to=desk_user,
                place=10,
                explains=_("Records, frameworks and everything that waits for a decision."),
                icon="seal",
            )
        )
