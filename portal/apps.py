"""Registers the app, the way to the desk, and the desk's tasks that no single app can open."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    """The app of the portal; its label stays `site`, under which its job names begin."""

    name = "portal"
    label = "site"

    def ready(self) -> None:
        """Add the portal's link and sidebar entry."""
        from accounts.permissions import works_everywhere
        from core.access import desk_user
        from core.desk import SidebarEntry, add_sidebar_entry
        from core.jobs.queries import failed_jobs
        from core.ui.navigation import Link, add_link

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
        add_sidebar_entry(
            SidebarEntry(
                _("System"),
                _("Background tasks"),
                "admin:jobs_job_changelist",
                works_everywhere,
                badge=lambda _user: failed_jobs(),
                icon="clock",
                place=90,
            )
        )
