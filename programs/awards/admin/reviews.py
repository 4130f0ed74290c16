"""The desk page of awards to review."""

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
from programs.awards.queries.desk import about_learners_matching
from programs.models import AwardConcern
from programs.permissions import grants_awards, reads_awards


@admin.register(AwardConcern)
class AwardConcernAdmin(DeskAdmin):
    """Awards to review, with the reasons."""

    may_view = staticmethod(reads_awards)
    question = _("Which awards have to be looked at again, and why?")
    list_display = ("award", "learner", "kind", "raised_at", "settled_at", "outcome")
    list_filter = (("settled_at", admin.EmptyFieldListFilter), "kind")
    list_select_related = ("award__achievement", "learner")
    search_fields = ("learner__learner_number",)
    search_help_text = _("A name, a learner number, an identifier or an e-mail")
    fields = ("award", "learner", "kind", "subject_id", "raised_at", "settled_at", "settled_by", "outcome", "notes")
    readonly_fields = ("notes",)
    refusals: ClassVar = AWARD_REFUSALS

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by the learner, under any name or number."""
        return about_learners_matching(queryset, search_term), False

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
        explains=_("The award stands as it was granted."),
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
