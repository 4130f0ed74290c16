"""The desk pages of milestones, and of the records of who reached them."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import signed_in_user
from core import clock
from core.desk import DeskAdmin
from programs.audit.labels import BASES
from programs.decisions.actions import record_milestone, save_milestone
from programs.decisions.admin.base import AboutLearnerForm, DecisionAdmin
from programs.labels import REFUSALS
from programs.models import Milestone, MilestoneReached
from programs.permissions import keeps_enrollments, reads_programs, writes_programs
from programs.rules.attainments import Basis


@admin.register(Milestone)
class MilestoneAdmin(DeskAdmin):
    """The milestones that requirements can name."""

    may_view = staticmethod(reads_programs)
    may_add = staticmethod(writes_programs)
    may_change = staticmethod(writes_programs)
    question = _("Which milestones can a program ask for?")
    private_search = False
    ordering = ("title", "pk")
    list_display = ("title", "unit")
    search_fields = ("title",)
    fields = ("title", "unit")
    refusals: ClassVar = REFUSALS

    def save_through(self, _request: HttpRequest, obj: Model | None, form: Any, _reason: str) -> Milestone:  # noqa: ANN401
        """Make or rename a milestone."""
        entered = form.cleaned_data
        kept = obj if isinstance(obj, Milestone) else None
        return save_milestone(kept, title=entered["title"], unit=entered["unit"], at=clock.now())


def bases_in_words() -> list[tuple[str, str]]:
    """Return the bases as choices, the one of this institution first."""
    return [(basis.value, BASES[basis]()) for basis in Basis]


class MilestoneForm(AboutLearnerForm):
    """A milestone record, with where it was reached."""

    basis = forms.ChoiceField(
        label=_("Reached by"),
        choices=bases_in_words,
        initial=Basis.ASSESSED_HERE.value,
        required=False,
        help_text=_("What was not reached here does not count where a program asks for work done here."),
    )


@admin.register(MilestoneReached)
class MilestoneReachedAdmin(DecisionAdmin):
    """Milestone records."""

    may_add = staticmethod(keeps_enrollments)
    question = _("Who has reached which milestone?")
    form = MilestoneForm
    list_display = (
        "named",
        "learner",
        "milestone",
        "reached_on",
        "quantity",
        "by_basis",
        "recorded_by",
        "withdrawn_at",
    )

    @admin.display(description=_("basis"))
    def by_basis(self, row: MilestoneReached) -> str:
        """The basis in words."""
        return BASES[row.basis]()

    def get_fields(self, _request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """A new record asks for the learner's number."""
        shared = ["milestone", "reached_on", "quantity"]
        if obj is None:
            return ["learner_number", *shared, "basis"]
        return ["learner", *shared, "by_basis", "recorded_at", "recorded_by", "withdrawn_at"]

    def get_readonly_fields(self, _request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """The basis is shown in words once it is recorded."""
        return () if obj is None else ("by_basis",)

    def save_through(self, request: HttpRequest, _obj: Model | None, form: Any, _reason: str) -> MilestoneReached:  # noqa: ANN401
        """Record a milestone."""
        entered = form.cleaned_data
        return record_milestone(
            entered["learner_number"],
            milestone=entered["milestone"],
            on=entered["reached_on"],
            quantity=entered["quantity"],
            basis=Basis(entered["basis"] or Basis.ASSESSED_HERE),
            by=signed_in_user(request),
            at=clock.now(),
        )
