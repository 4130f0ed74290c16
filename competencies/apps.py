"""Registers the app, its link in the header and its tasks on the desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompetenciesConfig(AppConfig):
    name = "competencies"
    label = "competencies"
    verbose_name = _("competencies")

    def ready(self) -> None:
        from competencies.permissions import keeps_frameworks, reads_frameworks
        from competencies.queries import imports_waiting
        from config.base.access import anyone
        from config.base.desk import Task, add_task
        from config.base.ui.navigation import Link, add_link

        group = _("Frameworks")
        add_link(
            Link(
                group,
                "competencies:frameworks",
                anyone,
                place=20,
                explains=_("What can be learned and shown here, competency by competency."),
                icon="tree",
            )
        )
        for place, (label, model) in enumerate(
            [
                (_("Frameworks"), "framework"),
                (_("Competencies"), "competency"),
                (_("Proficiency scales"), "proficiencyscale"),
                (_("Replacements"), "association"),
            ],
            start=40,
        ):
            add_task(
                Task(group, label, f"admin:competencies_{model}_changelist", reads_frameworks, icon="tree", place=place)
            )
        add_task(
            Task(
                group,
                _("Imports"),
                "admin:competencies_caseimport_changelist",
                keeps_frameworks,
                badge=lambda _user: imports_waiting().count(),
                icon="upload",
                place=45,
            )
        )
