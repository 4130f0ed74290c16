"""The desk page of awards to review."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import signed_in_user
from core import clock
from core.desk import DeskAdmin, desk_action
from programs.awards.actions.awards import (
    ask_to_rescind,
)
from programs.awards.actions.concerns import settle_concern
from programs.awards.admin.forms import (
    AWARD_REFUSALS,
    AskForm,
    WordsForm,
)
from programs.awards.queries.desk import about_learners_matching, cause_of
from programs.models import AwardConcern, ConcernKind
from programs.permissions import grants_awards, reads_awards

ADVICE: Mapping[str, Any] = {
    ConcernKind.LOWER_ENDED: _("Look whether the award is earned without the one that ended; otherwise rescind it."),
    ConcernKind.EVIDENCE_VOIDED: _("Look whether the award is earned without that evidence; otherwise rescind it."),
    ConcernKind.EVIDENCE_CORRECTED: _("Look whether the award is earned as shown now; otherwise rescind it."),
    ConcernKind.TWO_STANDING: _(
        "Let one of the two stay: rescind the other as awarded twice, or decline it while it is a proposal."
    ),
    ConcernKind.NEW_METHOD: _("Decide whether the award stays although the rules of today would not give it."),
    ConcernKind.OTHERS_GROUNDS: _(
        "It was granted while the two records were linked. Look at the audit of the enrollment: if the requirements are"
        " met by this person's own record, let the award stay; otherwise rescind it. Then replace transcripts made"
        " while the records were linked."
    ),
    ConcernKind.DECISION_WITHDRAWN: _(
        "Look whether the requirements are met without what was withdrawn, or by another decision; otherwise rescind"
        " the award."
    ),
    ConcernKind.EXCEPTION_ENDED: _(
        "Decide whether the award stays although the exception has ended: an award keeps what counted when it was"
        " granted, unless the exception was meant to end it."
    ),
}


@admin.register(AwardConcern)
class AwardConcernAdmin(DeskAdmin):
    """Awards to review, with the reasons."""

    may_view = staticmethod(reads_awards)
    question = _("Which awards have to be reviewed, and why?")
    list_display = ("award", "learner", "kind", "raised_at", "settled_at", "outcome")
    list_filter = (("settled_at", admin.EmptyFieldListFilter), "kind")
    list_select_related = ("award__achievement_version", "learner")
    search_fields = ("learner__learner_number",)
    search_help_text = _("A name, a learner number, an identifier or an e-mail")
    fields = (
        "award",
        "learner",
        "kind",
        "about",
        "advice",
        "raised_at",
        "settled_at",
        "settled_by",
        "outcome",
        "notes",
    )
    readonly_fields = ("about", "advice", "notes")
    refusals: ClassVar = AWARD_REFUSALS

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by the learner, under any name or number."""
        return about_learners_matching(queryset, search_term), False

    @admin.display(description=_("about"))
    def about(self, row: AwardConcern) -> str:
        """What the cause is, by name."""
        return cause_of(row)

    @admin.display(description=_("what to do"))
    def advice(self, row: AwardConcern) -> str:
        """How such a review is settled; nothing once it is."""
        return str(ADVICE[row.kind]) if row.settled_at is None else ""

    @admin.display(description=_("what was said"))
    def notes(self, row: AwardConcern) -> str:
        """Why the review was settled as it was."""
        body = getattr(row, "body", None)
        if body is None:
            return ""
        return _now("erased") if body.content is None else str(body.content)

    @desk_action(
        _("The award stays"),
        may=grants_awards,
        form=WordsForm,
        offered=lambda concern: concern.settled_at is None,
        explains=_("The award stays as it was granted."),
    )
    def settle(self, request: HttpRequest, row: AwardConcern, form: WordsForm) -> str:
        """Settle the review: the award stays."""
        settle_concern(row, words=form.cleaned_data["words"], by=signed_in_user(request), at=clock.now())
        return _now("Settled.")

    @desk_action(
        _("Ask to rescind the award"),
        may=grants_awards,
        form=AskForm,
        offered=lambda concern: concern.settled_at is None and concern.award.stands,
        explains=_("Somebody else who is a registrar approves; then rescind it on its page, which settles this too."),
        kind="danger",
    )
    def ask_rescind(self, request: HttpRequest, row: AwardConcern, form: AskForm) -> HttpResponse:
        """Ask a second registrar for approval, and open the award."""
        ask_to_rescind(row.award, by=signed_in_user(request), reason=form.cleaned_data["why"], at=clock.now())
        return redirect("admin:programs_award_change", row.award_id)
