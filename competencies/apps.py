"""Registers the app, its link in the header and its tasks on the desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompetenciesConfig(AppConfig):
    name = "competencies"
    label = "competencies"
    verbose_name = _("competencies")

    def ready(self) -> None:
        from config.base.access import anyone
        from config.base.ui.navigation import Link, add_link

        add_link(Link(_("Frameworks"), "competencies:frameworks", anyone, place=20))
