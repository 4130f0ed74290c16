"""Registers the app and what it listens to."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

GROUP = _("Programs")
PLACE = 20


class ProgramsConfig(AppConfig):
    """The app, and the announcements that it listens to."""

    name = "programs"
    label = "programs"
    verbose_name = _("programs")

    def ready(self) -> None:
        """Connect the listeners; they are imported here, because models are not loaded earlier."""
        from accounts.actions.approvals import add_subject_lock
        from accounts.announcements import approval_decided
        from accounts.labels import add_subject_reader
        from accounts.models import ApprovedKind
        from assessments.mastery.announcements import mastery_changed
        from assessments.work.queries.corrections import add_rest_check
        from programs.awards.queries.approval_subjects import award_subject
        from programs.awards.queries.resting import award_rests_on
        from programs.curriculum.queries.approval_subjects import version_subject
        from programs.decisions.actions.approving import carry_out_decision, locked_batch
        from programs.decisions.queries import batch_subject
        from programs.subscribers import reaudit_what_it_touches

        mastery_changed.connect(reaudit_what_it_touches)
        approval_decided.connect(carry_out_decision)
        add_rest_check(award_rests_on)
        add_subject_reader(ApprovedKind.AWARD, award_subject)
        add_subject_reader(ApprovedKind.PROGRAM_VERSION, version_subject)
        add_subject_reader(ApprovedKind.EXCEPTION_BATCH, batch_subject)
        add_subject_lock(ApprovedKind.EXCEPTION_BATCH, locked_batch)
        self._add_tasks()
        self._add_links()

    def _add_tasks(self) -> None:
        from core.desk import SidebarEntry, add_sidebar_entry
        from core.desk.rights import Predicate
        from programs.permissions import reads_awards, reads_enrollments, reads_programs, sees_program_staff

        tasks: tuple[tuple[Any, str, Predicate], ...] = (
            (_("Programs"), "program", reads_programs),
            (_("Versions"), "programversion", reads_programs),
            (_("Cohorts"), "cohort", reads_programs),
            (_("Enrollments"), "enrollment", reads_enrollments),
            (_("Awards"), "award", reads_awards),
            (_("Awards to review"), "awardconcern", reads_awards),
            (_("Changes of audit method"), "auditmove", reads_awards),
            (_("Achievements"), "achievementversion", reads_programs),
            (_("Milestones"), "milestone", reads_programs),
            (_("Milestone records"), "milestonereached", reads_enrollments),
            (_("Credit transfer"), "recognition", reads_enrollments),
            (_("Exceptions"), "requirementexception", reads_enrollments),
            (_("Exceptions to approve"), "exceptionbatch", reads_enrollments),
            (_("Program staff"), "programstaff", sees_program_staff),
        )
        for place, (label, model, may) in enumerate(tasks, start=PLACE):
            add_sidebar_entry(SidebarEntry(GROUP, label, f"admin:programs_{model}_changelist", may, place=place))

    def _add_links(self) -> None:
        from core.ui.navigation import Link, add_link
        from programs.pathway.pages.pathway import follows_pathway

        add_link(
            Link(
                label=_("Pathway"),
                route="pathway:pathways",
                shown_to=follows_pathway,
                place=10,
                explains=_("What you have mastered, what is closest to completion, and what comes next."),
                icon="tree",
            )
        )
