"""The desk page of awards: proposals to decide, and granted awards with their grounds."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import signed_in_user
from core import clock
from core.desk import DeskAdmin, DeskInline, desk_action
from core.desk.filters import SeenChoicesFilter
from programs.audit.labels import BASES
from programs.awards.actions.awards import (
    ask_to_rescind,
    decline_award,
    grant_award,
    propose_award,
    renew_award,
    rescind_award,
)
from programs.awards.admin.forms import (
    AWARD_REFUSALS,
    AskForm,
    GrantForm,
    RenewForm,
    RescindForm,
    WordsForm,
    can_be_renewed,
    can_come_back,
    stands,
    waits,
)
from programs.awards.admin.grounds import audit_list, decision_list, figures_list
from programs.awards.queries.desk import about_learners_matching, awards_of_programs
from programs.models import Attribution, Award, EndReason
from programs.pathway.queries.pathways import pathway_of
from programs.permissions import grants_awards, reads_awards


class AttributionInline(DeskInline):
    """The attainments that counted when the award was granted."""

    model = Attribution
    ordering = ("position",)
    fields = ("requirement_key", "kind", "credits", "level", "achieved_on", "by")
    readonly_fields = fields

    @admin.display(description=_("basis"))
    def by(self, row: Attribution) -> str:
        """The basis in words."""
        return BASES[row.basis]() if row.basis in BASES else row.basis


@admin.register(Award)
class AwardAdmin(DeskAdmin):
    """Proposals to decide, and granted awards; each act is a verb with its own form."""

    may_view = staticmethod(reads_awards)
    question = _("What waits to be granted, and what was awarded to whom?")
    list_display = ("learner", "title", "state", "requirements_met_on", "waiting", "awarded_on", "valid_until")
    list_filter = ("state", ("achievement", SeenChoicesFilter))
    list_select_related = ("learner", "achievement_version")
    search_fields = ("learner__learner_number",)
    search_help_text = _("A name, a learner number, an identifier or an e-mail")
    fields = (
        "learner",
        "name_as_awarded",
        "title",
        "achievement_version",
        "program_version",
        "enrollment",
        "cycle",
        "kind",
        "state",
        "requirements_met_on",
        "waiting",
        "awarded_on",
        "valid_until",
        "credits",
        "credit_unit",
        "figures",
        "grounds",
        "notes",
        "proposed_by",
        "decided_at",
        "decided_by",
        "ended_at",
        "ended_by",
        "end_reason",
        "decision_digest",
        "public_id",
    )
    readonly_fields = ("title", "waiting", "figures", "grounds", "notes")
    inlines = (AttributionInline,)
    refusals: ClassVar = AWARD_REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """Awards of programs that this person sees."""
        return awards_of_programs(super().rows_for(user, rows))

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by the learner, under any name or number."""
        return about_learners_matching(queryset, search_term), False

    @admin.display(description=_("achievement"))
    def title(self, row: Award) -> str:
        """The title as it was when the award was granted or proposed; a later version may have another."""
        return row.achievement_version.title

    @admin.display(description=_("waits since"))
    def waiting(self, row: Award) -> str:
        """How long a proposal has been waiting."""
        return timesince(row.proposed_at, clock.now()) if waits(row) else ""

    @admin.display(description=_("on what it rests"))
    def grounds(self, row: Award) -> SafeString | str:
        """The grounds: of the decision once it is made, before it those of an audit of now."""
        if row.decision_digest:
            return decision_list(row)
        if row.enrollment is None:
            return ""
        return format_html("<ul>{}</ul>", audit_list(pathway_of(row.enrollment, at=clock.now()).root))

    @admin.display(description=_("figures"))
    def figures(self, row: Award) -> SafeString | str:
        """The figures of a granted award; before it is granted those of its enrollment are on the enrollment's page."""
        return figures_list(row, at=clock.now()) if row.decision_digest else ""

    @admin.display(description=_("what was said"))
    def notes(self, row: Award) -> SafeString | str:
        """The notes of who proposed, decided or ended it."""
        bodies = row.bodies.order_by("pk")
        return format_html_join(
            "",
            "<p>{}: {}</p>",
            ((body.get_about_display(), _now("erased") if body.content is None else body.content) for body in bodies),
        )

    @desk_action(
        _("Grant"),
        may=grants_awards,
        form=GrantForm,
        offered=waits,
        explains=_(
            "Name, decision and what counted are recorded now and never change. The credential is signed at once."
        ),
    )
    def grant(self, request: HttpRequest, row: Award, form: GrantForm) -> str:
        """Grant a proposed award."""
        entered = form.cleaned_data
        grant_award(
            row, awarded_on=entered["awarded_on"], words=entered["words"], by=signed_in_user(request), at=clock.now()
        )
        return _now("Granted.")

    @desk_action(
        _("Decline"),
        may=grants_awards,
        form=WordsForm,
        offered=waits,
        explains=_("It is not proposed again unless a person does so."),
        kind="danger",
    )
    def decline(self, request: HttpRequest, row: Award, form: WordsForm) -> str:
        """Decline a proposed award."""
        decline_award(row, words=form.cleaned_data["words"], by=signed_in_user(request), at=clock.now())
        return _now("Declined.")

    @desk_action(_("Propose again"), may=grants_awards, form=WordsForm, offered=can_come_back)
    def propose(self, request: HttpRequest, row: Any, form: WordsForm) -> HttpResponse:  # noqa: ANN401 - with its enrollment
        """Propose the award again, and open the new proposal."""
        fresh = propose_award(
            row.enrollment,
            version=row.program_version,
            words=form.cleaned_data["words"],
            by=signed_in_user(request),
            at=clock.now(),
        )
        return redirect("admin:programs_award_change", fresh.pk)

    @desk_action(
        _("Renew"),
        may=grants_awards,
        form=RenewForm,
        offered=can_be_renewed,
        explains=_("A new award, in the next cycle, if all that it asks for is met today."),
    )
    def renew(self, request: HttpRequest, row: Award, form: RenewForm) -> HttpResponse:
        """Grant the award for the next cycle, and open it."""
        fresh = renew_award(row, words=form.cleaned_data["words"], by=signed_in_user(request), at=clock.now())
        return redirect("admin:programs_award_change", fresh.pk)

    @desk_action(
        _("Ask to rescind"),
        may=grants_awards,
        form=AskForm,
        offered=stands,
        explains=_("Somebody else who is a registrar reads it and approves; then it can be rescinded."),
    )
    def ask_rescind(self, request: HttpRequest, row: Award, form: AskForm) -> str:
        """Ask a second registrar for approval."""
        ask_to_rescind(row, by=signed_in_user(request), reason=form.cleaned_data["why"], at=clock.now())
        return _now("Asked.")

    @desk_action(
        _("Rescind"),
        may=grants_awards,
        form=RescindForm,
        offered=stands,
        explains=_("For good, and its credential is revoked. What was built on it stays, and is put on the worklist."),
        kind="danger",
    )
    def rescind(self, request: HttpRequest, row: Award, form: RescindForm) -> str:
        """Rescind the award with the approval of a second registrar."""
        entered = form.cleaned_data
        rescind_award(
            row, reason=EndReason(entered["reason"]), words=entered["words"], by=signed_in_user(request), at=clock.now()
        )
        return _now("Rescinded.")
