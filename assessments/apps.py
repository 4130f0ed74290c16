"""Registers the app and its links in the header."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    label = "assessments"

    def ready(self) -> None:
        from assessments.pages.judging import judges_work, waiting_work
        from config.base.ui.navigation import Link, add_link

        add_link(
            Link(
                label=_("Work to judge"),
                route="judging:queue",
                shown_to=judges_work,
                place=15,
                explains=_("What learners have handed in, beside its rubric."),
                icon="check",
                tells=waiting_work,
            )
        )
