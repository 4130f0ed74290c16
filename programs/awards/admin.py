"""The desk pages of awards: what waits, what was granted and on what it rests, and what has to be looked at again."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import signed_in_user
from accounts.errors import ApprovalMissingError
from accounts.queries import learner_ids_matching
from core import clock
from core.desk import DeskAdmin, DeskInline, VerbForm, desk_action
from core.desk.saving import reason_field
from programs.audit.labels import BASES
from programs.awards.actions.awards import (
    ask_to_rescind,
    decline_award,
    grant_award,
    propose_award,
    renew_award,
    rescind_award,
)
from programs.awards.actions.concerns import settle_concern
from programs.awards.queries.facts import facts_of
from programs.forms import day_field
from programs.labels import REFUSALS
from programs.models import Attribution, Award, AwardConcern, AwardState, EndReason
from programs.models.awards import RESCINDING
from programs.pathway.queries.pathways import PathwayNode, pathway_of
from programs.permissions import grants_awards, programs_for, reads_awards
from programs.rules.attainments import AttainmentKind

AWARD_REFUSALS: dict[Any, Any] = {
    **REFUSALS,
    ApprovalMissingError: _("Ask for approval first: somebody else who is a registrar decides."),
}


def words_field(*, required: bool = True) -> forms.CharField:
    """What somebody says about an award; kept beside it, where it can be erased."""
    return forms.CharField(
        label=_("Why") if required else _("In words"),
        required=required,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only staff see this; it can be erased."),
    )


class GrantForm(VerbForm):
    """The day of the award, and words."""

    awarded_on = day_field(
        _("Awarded on"), required=False, help_text=_("Today where it is awarded, unless you write another day.")
    )
    words = words_field(required=False)


class WordsForm(VerbForm):
    """Why."""

    words = words_field()


class RenewForm(VerbForm):
    """Words, if any."""

    words = words_field(required=False)


class RescindForm(VerbForm):
    """The reason as a code, and in words."""

    reason = forms.ChoiceField(label=_("Reason"), choices=[(reason.value, reason.label) for reason in RESCINDING])
    words = words_field()


class AskForm(VerbForm):
    """What the second person reads."""

    why = reason_field()


def waits(award: Award) -> bool:
    """Whether somebody is to grant or decline it."""
    return award.state == AwardState.PROPOSED


def stands(award: Award) -> bool:
    """Whether it is in force."""
    return award.stands


def can_come_back(award: Award) -> bool:
    """Whether only a person can propose it again."""
    return award.state in {AwardState.DECLINED, AwardState.RESCINDED} and award.enrollment_id is not None


def can_be_renewed(award: Award) -> bool:
    """Whether its time ends, or has ended."""
    return award.state == AwardState.LAPSED or (award.stands and award.valid_until is not None)


class AttributionInline(DeskInline):
    model = Attribution
    ordering = ("position",)
    fields = ("requirement_key", "kind", "credits", "level", "achieved_on", "by")
    readonly_fields = fields

    @admin.display(description=_("basis"))
    def by(self, row: Attribution) -> str:
        return BASES[row.basis]() if row.basis in BASES else row.basis


@admin.register(Award)
class AwardAdmin(DeskAdmin):
    may_view = staticmethod(reads_awards)
    question = _("What waits to be granted, and what was awarded to whom?")
    list_display = ("learner", "achievement", "state", "requirements_met_on", "waiting", "awarded_on", "valid_until")
    list_filter = ("state", "achievement")
    list_select_related = ("learner", "achievement")
    search_fields = ("learner__learner_number",)
    search_help_text = _("A name, a learner number or an identifier")
    fields = (
        "learner",
        "name_as_awarded",
        "achievement",
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
        "grounds",
        "said",
        "proposed_by",
        "decided_at",
        "decided_by",
        "ended_at",
        "ended_by",
        "end_reason",
        "decision_digest",
        "public_id",
    )
    readonly_fields = ("waiting", "grounds", "said")
    inlines = (AttributionInline,)
    refusals: ClassVar = AWARD_REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        mine = programs_for(user, at=clock.now())
        found: QuerySet[Any] = super().rows_for(user, rows).filter(program_version__program__in=mine)
        return found.defer("decision")

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return (queryset.filter(learner__in=learner_ids_matching(search_term)) if search_term else queryset), False

    @admin.display(description=_("waits since"))
    def waiting(self, row: Award) -> str:
        return timesince(row.proposed_at, clock.now()) if waits(row) else ""

    @admin.display(description=_("on what it rests"))
    def grounds(self, row: Award) -> SafeString | str:
        if row.decision_digest:
            return _rests_on(row)
        if row.enrollment is None:
            return ""
        return format_html("<ul>{}</ul>", _listed(pathway_of(row.enrollment, at=clock.now()).root))

    @admin.display(description=_("what was said"))
    def said(self, row: Award) -> SafeString | str:
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
            "Name, decision and what counted are written down now and never change. The credential is signed at once."
        ),
    )
    def grant(self, request: HttpRequest, row: Award, form: GrantForm) -> str:
        said = form.cleaned_data
        grant_award(row, awarded_on=said["awarded_on"], words=said["words"], by=signed_in_user(request), at=clock.now())
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
        decline_award(row, words=form.cleaned_data["words"], by=signed_in_user(request), at=clock.now())
        return _now("Declined.")

    @desk_action(_("Propose again"), may=grants_awards, form=WordsForm, offered=can_come_back)
    def propose(self, request: HttpRequest, row: Any, form: WordsForm) -> HttpResponse:  # noqa: ANN401 - with its enrollment
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
        ask_to_rescind(row, by=signed_in_user(request), reason=form.cleaned_data["why"], at=clock.now())
        return _now("Asked.")

    @desk_action(
        _("Rescind"),
        may=grants_awards,
        form=RescindForm,
        offered=stands,
        explains=_("For good, and its credential is revoked. What was built on it stands, and is put on the worklist."),
        kind="danger",
    )
    def rescind(self, request: HttpRequest, row: Award, form: RescindForm) -> str:
        said = form.cleaned_data
        rescind_award(
            row, reason=EndReason(said["reason"]), words=said["words"], by=signed_in_user(request), at=clock.now()
        )
        return _now("Rescinded.")


@admin.register(AwardConcern)
class AwardConcernAdmin(DeskAdmin):
    may_view = staticmethod(reads_awards)
    question = _("Which awards have to be looked at again, and why?")
    list_display = ("award", "learner", "kind", "raised_at", "settled_at", "outcome")
    list_filter = (("settled_at", admin.EmptyFieldListFilter), "kind")
    list_select_related = ("award__achievement", "learner")
    search_fields = ("learner__learner_number",)
    search_help_text = _("A name, a learner number or an identifier")
    fields = ("award", "learner", "kind", "subject_id", "raised_at", "settled_at", "settled_by", "outcome", "said")
    readonly_fields = ("said",)
    refusals: ClassVar = AWARD_REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        mine = programs_for(user, at=clock.now())
        found: QuerySet[Any] = super().rows_for(user, rows).filter(award__program_version__program__in=mine)
        return found

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return (queryset.filter(learner__in=learner_ids_matching(search_term)) if search_term else queryset), False

    @admin.display(description=_("what was said"))
    def said(self, row: AwardConcern) -> str:
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
        ask_to_rescind(row.award, by=signed_in_user(request), reason=form.cleaned_data["why"], at=clock.now())
        return redirect("admin:programs_award_change", row.award_id)


def _listed(node: PathwayNode) -> SafeString:
    """The audit as nested lists: met or what is left, the level reached and needed, what counts."""
    children = node.children
    if len(children) == 1 and children[0].title == node.title:  # a stacked program and the root of its tree
        children = children[0].children
    below = format_html_join("", "{}", ((_listed(child),) for child in children))
    inside = format_html("<ul>{}</ul>", below) if children else ""
    return format_html("<li>{}{}</li>", " · ".join(_told(node)), inside)


def _told(node: PathwayNode) -> list[str]:
    said = [node.title, _now("met") if node.met else _now("not met yet")]
    if node.level_needed:
        levels = {"reached": node.level_reached or "–", "needed": node.level_needed}  # noqa: RUF001 - a dash
        said.append(_now("%(reached)s reached, %(needed)s needed") % levels)
    counted = [found.title for found in node.counts if found.title != node.title]
    if counted:
        said.append(_now("counts: %(what)s") % {"what": ", ".join(counted)})
    return said


def _rests_on(row: Award) -> SafeString:
    """The decision in words: each competency with the level needed and reached, the day and who stands behind it."""
    facts = facts_of(row)
    lines = [
        _now("%(what)s: %(reached)s reached, %(needed)s needed, on %(day)s, by %(basis)s")
        % {
            "what": " ".join(part for part in (fact.code, fact.statement.rstrip(".")) if part),
            "reached": fact.reached_level or "–",  # noqa: RUF001 - a dash
            "needed": fact.required_level or "–",  # noqa: RUF001 - a dash
            "day": formats.date_format(fact.achieved_on) if fact.achieved_on else "–",  # noqa: RUF001 - a dash
            "basis": BASES[fact.basis](),
        }
        for fact in facts.competencies
    ]
    lines += [
        _now("The award of %(title)s of %(day)s") % {"title": lower.title, "day": formats.date_format(lower.awarded_on)}
        for lower in facts.stacked
    ]
    others = row.attributions.exclude(kind__in=[AttainmentKind.MASTERY, AttainmentKind.AWARD])
    lines += [
        f"{other.get_kind_display()}, {formats.date_format(other.achieved_on) if other.achieved_on else ''}"
        for other in others.order_by("position")
    ]
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in lines)))
