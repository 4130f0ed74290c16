"""The desk pages of evidence, where staff read and void it, and of what rules recommend for review."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import signed_in_user
from accounts.queries.learner_search import rows_of_learners_matching
from assessments.evidence.actions import review_recommendation, void_evidence
from assessments.labels import REFUSALS
from assessments.models import Evidence, Mastery, VoidReason
from assessments.permissions import reads_evidence, reviews_recommendations, voids_evidence
from competencies.forms import LevelField
from core.desk import DeskAdmin, VerbForm, desk_action


class VoidForm(VerbForm):
    """Why evidence does not count any more: a reason from the closed list, because the ledger contains no free text."""

    reason = forms.ChoiceField(label=_("Reason"), choices=VoidReason.choices)


def counts(evidence: Any) -> bool:  # noqa: ANN401 - with the column of with_corrected
    """Return whether the evidence counts: it was neither voided nor corrected."""
    # `void` is loaded by `list_select_related`, so this asks no query for each row.
    return not hasattr(evidence, "void") and not evidence.corrected


@admin.register(Evidence)
class EvidenceAdmin(DeskAdmin):
    """The ledger, read-only but for voiding."""

    may_view = staticmethod(reads_evidence)
    question = _("What was found, by whom, and does it count?")
    list_display = ("learner", "competency", "level", "performed_on", "assessor", "kind", "standing")
    list_select_related = ("learner", "competency", "level", "assessor", "void")
    search_fields = ("learner__learner_number",)
    search_help_text = _("A name, a learner number, an identifier or an e-mail")
    fields = (
        "learner",
        "competency",
        "competency_revision",
        "level",
        "score",
        "performed_on",
        "recorded_at",
        "assessor",
        "basis",
        "kind",
        "setting",
        "revision_number",
        "standing",
        "public_id",
    )
    readonly_fields = ("standing",)
    refusals: ClassVar = REFUSALS

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by the learner, under any name or number."""
        return rows_of_learners_matching(queryset, search_term), False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Evidence]:
        """Return the rows, marked where they were corrected since."""
        rows: Any = super().get_queryset(request)
        return rows.with_corrected()  # type: ignore[no-any-return]  # the manager's queryset

    @admin.display(description=_("state"))
    def standing(self, evidence: Any) -> str:  # noqa: ANN401 - with the column of with_corrected
        """Return whether the row counts, or why it does not."""
        if hasattr(evidence, "void"):
            return str(_now("voided: %s") % evidence.void.get_reason_display())
        return _now("corrected since") if evidence.corrected else _now("counts")

    @desk_action(
        _("Void"),
        may=voids_evidence,
        form=VoidForm,
        offered=counts,
        explains=_("From now on it no longer counts, for good. What was decided before stays explained by it."),
        kind="danger",
    )
    def void(self, request: HttpRequest, row: Evidence, form: VoidForm) -> str:
        """Void the row and decide the learner's mastery again."""
        void_evidence(row, reason=VoidReason(form.cleaned_data["reason"]), by=signed_in_user(request))
        return _now("Voided. Mastery was decided again.")


class ReviewForm(VerbForm):
    """What the reviewer found; a level below mastery ends the recommendation too."""

    level = LevelField(label=_("Proficiency level found"))
    performed_on = forms.DateField(label=_("Work done on"))

    def __init__(self, *args: Any, row: Any = None, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        super().__init__(*args, row=row, **kwargs)
        level: Any = self.fields["level"]
        # Only the scale by which the competency is decided: a level of another one would not count.
        level.queryset, level.scale = level.queryset.filter(scale=row.policy_version.scale_id), False


def recommended(mastery: Mastery) -> bool:
    """Return whether the row still waits for a reviewer."""
    return mastery.recommended_at is not None


@admin.register(Mastery)
class RecommendationAdmin(DeskAdmin):
    """The review queue: competencies whose children meet a rule that recommends and does not complete."""

    may_view = staticmethod(reads_evidence)
    question = _("Which competencies do rules recommend for review?")
    list_display = ("learner", "competency", "recommended_at", "state")
    list_select_related = ("learner", "competency")
    search_fields = ("learner__learner_number",)
    search_help_text = _("A name, a learner number, an identifier or an e-mail")
    ordering = ("recommended_at", "pk")
    fields = ("learner", "competency", "policy_version", "state", "level", "score", "recommended_at")
    refusals: ClassVar = REFUSALS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mastery]:
        """Return the rows that wait for a reviewer."""
        return super().get_queryset(request).filter(recommended_at__isnull=False, learner__same_as=None)

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by the learner, under any name or number of any linked record."""
        return rows_of_learners_matching(queryset, search_term), False

    @desk_action(
        _("Decide"),
        may=reviews_recommendations,
        form=ReviewForm,
        offered=recommended,
        explains=_("The level is recorded as evidence for the competency itself, and decides its mastery."),
    )
    def review(self, request: HttpRequest, row: Mastery, form: ReviewForm) -> str:
        """Record what the reviewer found."""
        cleaned = form.cleaned_data
        review_recommendation(
            row, level=cleaned["level"], performed_on=cleaned["performed_on"], by=signed_in_user(request)
        )
        return _now("Recorded. Mastery was decided again.")
