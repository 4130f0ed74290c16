"""Which form writes which requirement."""

from collections.abc import Mapping

from programs.curriculum.admin.authoring_forms import (
    CompetencyForm,
    CreditsForm,
    GroupForm,
    MilestoneForm,
    NodeForm,
    ProgramForm,
    QuantityForm,
)
from programs.curriculum.admin.rule_forms import ConditionForm
from programs.models import Requirement, RequirementKind

FORMS: Mapping[str, type[NodeForm]] = {
    "group": GroupForm,
    "credits": CreditsForm,
    "program": ProgramForm,
    "milestone": MilestoneForm,
    "quantity": QuantityForm,
    "if": ConditionForm,
}
"""By the word in the address; competencies are added from their own list."""


def form_for(row: Requirement) -> type[NodeForm]:
    """Return the form that edits a requirement."""
    if row.kind == RequirementKind.IF:
        return ConditionForm
    if row.kind == RequirementKind.COMPETENCY:
        return CompetencyForm
    if row.kind == RequirementKind.CREDITS and row.qualifiers.get("accepts"):
        return CreditsForm
    return FORMS.get(row.kind, GroupForm) if row.kind != RequirementKind.CREDITS else GroupForm
