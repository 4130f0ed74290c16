"""The desk pages of milestones, recognitions and exceptions: they are recorded and withdrawn."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import signed_in_user
from accounts.queries import learner_civil_date, with_person
from core import clock
from core.desk import DeskAdmin, SavingForm, VerbForm, desk_action
from core.desk.rights import require
from programs.awards.queries.desk import about_learners_matching
from programs.decisions.actions import record_milestone, record_recognition, save_milestone, withdraw_decision
from programs.forms import LearnerNumberField
from programs.labels import REFUSALS
from programs.models import Milestone, MilestoneReached, Recognition, RecognitionBasis, RequirementException
from programs.permissions import keeps_enrollments, reads_enrollments, reads_programs, writes_programs


def stands(row: Any) -> bool:  # noqa: ANN401 - any of the three
    """Return whether the decision is not withdrawn."""
    return row.withdrawn_at is None


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


class AboutLearnerForm(SavingForm):
    """A record of the learner with this number."""

    learner_number = LearnerNumberField()


class RecognitionForm(AboutLearnerForm):
    """With a note on the study: where it was, and its name there."""

    words = forms.CharField(
        label=_("What was studied, and where"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only staff and the learner see this; it can be erased."),
    )


class DecisionAdmin(DeskAdmin):
    """The three pages share this: search by learner, read-only records, withdrawal by a verb."""

    may_view = staticmethod(reads_enrollments)
    search_fields = ("learner__learner_number",)
    search_help_text = _("A name, a learner number, an identifier or an e-mail")
    list_filter = (("withdrawn_at", admin.EmptyFieldListFilter),)
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """Add the learner's name of today."""
        return with_person(super().rows_for(user, rows), on=learner_civil_date(clock.now()))

    @admin.display(description=_("name"))
    def named(self, row: Any) -> str:  # noqa: ANN401 - with the column of with_person
        """The learner's legal name."""
        return row.legal_name or _now("no name on record")

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by the learner, under any name or number."""
        return about_learners_matching(queryset, search_term), False

    @desk_action(
        _("Take back"),
        may=keeps_enrollments,
        form=VerbForm,
        offered=stands,
        explains=_("It no longer counts; the record of it stays. The learner's programs are audited at once."),
        kind="danger",
    )
    def take_back(self, request: HttpRequest, row: Any, _form: VerbForm) -> str:  # noqa: ANN401 - any of the three
        """Withdraw the decision."""
        withdraw_decision(row, by=signed_in_user(request), at=clock.now())
        return _now("Taken back.")


@admin.register(MilestoneReached)
class MilestoneReachedAdmin(DecisionAdmin):
    """Milestone records."""

    may_add = staticmethod(keeps_enrollments)
    question = _("Who has reached which milestone?")
    form = AboutLearnerForm
    list_display = ("named", "learner", "milestone", "reached_on", "quantity", "recorded_by", "withdrawn_at")

    def get_fields(self, _request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """A new record asks for the learner's number."""
        shared = ["milestone", "reached_on", "quantity"]
        return ["learner_number", *shared] if obj is None else ["learner", *shared, "recorded_at", "withdrawn_at"]

    def save_through(self, request: HttpRequest, _obj: Model | None, form: Any, _reason: str) -> MilestoneReached:  # noqa: ANN401
        """Record a milestone."""
        entered = form.cleaned_data
        require(keeps_enrollments, request.user, entered["learner_number"])
        return record_milestone(
            entered["learner_number"],
            milestone=entered["milestone"],
            on=entered["reached_on"],
            quantity=entered["quantity"],
            by=signed_in_user(request),
            at=clock.now(),
        )


@admin.register(Recognition)
class RecognitionAdmin(DecisionAdmin):
    """Recognitions (credit transfer)."""

    may_add = staticmethod(keeps_enrollments)
    question = _("Whose study elsewhere counts here, and for what?")
    form = RecognitionForm
    offers_all = frozenset({"organization"})
    list_display = ("named", "learner", "basis", "competency", "credits", "achieved_on", "valid_until", "withdrawn_at")

    def get_fields(self, _request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """A new record asks for the learner's number and a note."""
        shared = ["basis", "organization", "competency", "level", "without_level", "credits"]
        shared += ["achieved_on", "valid_until"]
        if obj is None:
            return ["learner_number", *shared, "words"]
        return ["learner", *shared, "notes", "recorded_at", "recorded_by", "withdrawn_at"]

    def get_readonly_fields(self, _request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """The note is shown once it is recorded."""
        return () if obj is None else ("notes",)

    @admin.display(description=_("What was studied, and where"))
    def notes(self, row: Recognition) -> str:
        """The note, or that it was erased."""
        body = getattr(row, "body", None)
        if body is None:
            return ""
        return _now("erased") if body.content is None else str(body.content)

    def save_through(self, request: HttpRequest, _obj: Model | None, form: Any, _reason: str) -> Recognition:  # noqa: ANN401
        """Record a recognition."""
        entered = form.cleaned_data
        require(keeps_enrollments, request.user, entered["learner_number"])
        return record_recognition(
            entered["learner_number"],
            basis=RecognitionBasis(entered["basis"]),
            organization=entered["organization"],
            competency=entered["competency"],
            level=entered["level"],
            without_level=entered["without_level"],
            credits=entered["credits"],
            achieved_on=entered["achieved_on"],
            valid_until=entered["valid_until"],
            words=entered["words"],
            by=signed_in_user(request),
            at=clock.now(),
        )


@admin.register(RequirementException)
class RequirementExceptionAdmin(DecisionAdmin):
    """Exceptions; they are granted on an enrollment's page."""

    question = _("Which exceptions were made, for whom, and until when?")
    list_display = (
        "named",
        "learner",
        "kind",
        "node",
        "competency",
        "starts_on",
        "ends_on",
        "decided_by",
        "withdrawn_at",
    )
    fields = (
        "learner",
        "enrollment",
        "kind",
        "node",
        "attainment",
        "competency",
        "starts_on",
        "ends_on",
        "decided_at",
        "decided_by",
        "withdrawn_at",
    )
