"""Registers the app and its links in the header."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    label = "assessments"

    def ready(self) -> None:
        from assessments.actions.files import keys_named
        from assessments.pages.judging import judges_work, waiting_work
        from assessments.pages.work import hands_in_work
        from config.base.files import register_holder
        from config.base.ui.navigation import Link, add_link

        register_holder("assessments", keys_named)
        add_link(
            Link(
                label=_("Your work"),
                route="work:work",
                shown_to=hands_in_work,
                place=12,
                explains=_("What you can hand in, what you are writing, and what was said of it."),
                icon="upload",
            )
        )
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
