"""Registers the app and its links in the header."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

GROUP = _("Assessment")
READ = (
    (_("Assessments"), "assessment"),
    (_("Rubrics"), "rubric"),
    (_("Mastery policies"), "masterypolicy"),
    (_("Where policies apply"), "policyassignment"),
)
# The order of the links in the sidebar; evidence comes just before them.
PLACE = 31


class AssessmentsConfig(AppConfig):
    """The app of rubrics, assessments, evidence and mastery."""

    name = "assessments"
    label = "assessments"

    def ready(self) -> None:
        """Register the pages of the desk, the links of the header, and the files that submissions name."""
        # Imported here, because models are not loaded yet when this module is.
        from assessments.permissions import reads_assessments, reads_evidence
        from core.desk import SidebarEntry, add_sidebar_entry

        for place, (label, model) in enumerate(READ, start=PLACE):
            add_sidebar_entry(
                SidebarEntry(GROUP, label, f"admin:assessments_{model}_changelist", reads_assessments, place=place)
            )
        ledger = SidebarEntry(
            GROUP, _("Evidence"), "admin:assessments_evidence_changelist", reads_evidence, place=PLACE - 1
        )
        add_sidebar_entry(ledger)
        from assessments.work.actions.files import keys_named
        from assessments.work.pages.judging_queue import judges_work, waiting_work
        from assessments.work.pages.work import hands_in_work
        from core.files import register_holder
        from core.ui.navigation import Link, add_link

        register_holder("assessments", keys_named)
        add_link(
            Link(
                label=_("My assessments"),
                route="work:work",
                shown_to=hands_in_work,
                place=12,
                explains=_("What you can hand in, your drafts, and the decisions on your work."),
                icon="upload",
            )
        )
        add_link(
            Link(
                label=_("Assessment queue"),
                route="judging:queue",
                shown_to=judges_work,
                place=15,
                explains=_("What learners have handed in, with its rubric."),
                icon="check",
                tells=waiting_work,
            )
        )
