"""Registers the app, its link in the header and its entries in the sidebar of the desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

GROUP = _("Frameworks")
READ = (
    (_("Frameworks"), "framework"),
    (_("Competencies"), "competency"),
    (_("Proficiency scales"), "proficiencyscale"),
    (_("Replacements"), "association"),
)
PLACE = 40


class CompetenciesConfig(AppConfig):
    """Frameworks, competencies and proficiency scales."""

    name = "competencies"
    label = "competencies"
    verbose_name = _("competencies")

    def ready(self) -> None:
        """Add the link and the sidebar entries. The imports wait until here, because they need loaded models."""
        from competencies.forms import CompetencyField, FrameworkField, LevelField
        from competencies.models import Competency, Framework, ProficiencyLevel
        from competencies.permissions import may_change_frameworks, may_read_frameworks
        from competencies.queries import imports_waiting
        from core.access import anyone
        from core.desk import SidebarEntry, add_sidebar_entry
        from core.desk.choices import add_choice_field
        from core.ui.navigation import Link, add_link

        add_choice_field(Competency, CompetencyField)
        add_choice_field(Framework, FrameworkField)
        add_choice_field(ProficiencyLevel, LevelField)
        add_link(Link(GROUP, "competencies:frameworks", anyone, place=20))
        for place, (label, model) in enumerate(READ, start=PLACE):
            add_sidebar_entry(
                SidebarEntry(GROUP, label, f"admin:competencies_{model}_changelist", may_read_frameworks, place=place)
            )
        imports = SidebarEntry(
            GROUP,
            _("Imports"),
            "admin:competencies_caseimport_changelist",
            may_change_frameworks,
            badge=lambda _user: imports_waiting(),
            place=PLACE + len(READ),
        )
        add_sidebar_entry(imports)
