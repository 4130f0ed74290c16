"""The desk page of program versions: drafts, what is in force, and who is admitted."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.admin.labels import signed_in_user
from core import clock
from core.desk import ReasonForm, VerbForm, desk_action
from core.text.dates import DateKind
from programs.curriculum.actions.achievements import publish_achievement, set_achievement
from programs.curriculum.actions.authoring import set_version_policy
from programs.curriculum.actions.publishing import (
    ask_to_replace,
    ask_to_retire,
    close_version,
    publish_version,
    retire_version,
)
from programs.curriculum.actions.version_credits import set_version_credit
from programs.curriculum.admin.achievements import TermsForm
from programs.curriculum.admin.authoring import Authoring
from programs.curriculum.admin.rule_forms import CreditForm
from programs.curriculum.labels import REFUSALS
from programs.curriculum.queries.achievements import achievement_of, terms_of
from programs.curriculum.queries.choices import policies_in_use, scales_in_use
from programs.curriculum.queries.desk import has_version_in_force, lean_versions
from programs.curriculum.queries.exclusivity import shared_where_silent
from programs.curriculum.queries.rule_labels import amount_in_words
from programs.forms import day_field
from programs.models import ProgramVersion, VersionState
from programs.permissions import publishes_programs, reads_enrollments, reads_programs, writes_programs


class ClosingForm(ReasonForm):
    """The day from which nobody is admitted, and the last day of teaching."""

    closed_to_entry_on = day_field(
        _("Closed to entry on"), help_text=_("The first day on which nobody is admitted."), kind=DateKind.VALIDITY
    )
    teach_out_until = day_field(_("Taught until"), required=False, kind=DateKind.VALIDITY)
    field_order = ("closed_to_entry_on", "teach_out_until", "why")

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the closing."""
        cleaned = super().clean() or {}
        closed, taught = cleaned.get("closed_to_entry_on"), cleaned.get("teach_out_until")
        if closed and taught and taught < closed:
            self.add_error("teach_out_until", _("The end lies before the closing."))
        return cleaned


class PolicyForm(VerbForm):
    """The policy for one scale in a whole draft."""

    scale = forms.ModelChoiceField(queryset=scales_in_use(), label=_("Scale"))
    policy_version = forms.ModelChoiceField(
        queryset=policies_in_use(),
        required=False,
        label=_("Policy"),
        empty_label=_("none of its own"),
        help_text=_("It counts before what institution, framework and competency say; a requirement's own before it."),
    )


def is_draft(version: ProgramVersion) -> bool:
    """Return whether the version is a draft."""
    return version.writable


def follows_another(version: ProgramVersion) -> bool:
    """Return whether the version is a draft of a program with a version in force."""
    return version.writable and has_version_in_force(version)


def awards_nothing(version: ProgramVersion) -> bool:
    """Return whether the version is frozen and awards nothing."""
    return not version.writable and achievement_of(version) is None


def in_force(version: ProgramVersion) -> bool:
    """Return whether the version is in force."""
    return version.state == VersionState.PUBLISHED


class ProgramVersionAdmin(Authoring):
    """A version's page for authors and registrars.

    Its subclass in `enrollment` is registered and also admits people.
    """

    may_view = staticmethod(reads_programs)
    question = _("Which versions are drafts, in force or retired, and who studies them?")
    private_search = False
    list_display = ("program", "number", "state", "published_at", "closed_to_entry_on", "teach_out_until", "learners")
    list_filter = ("state",)
    list_select_related = ("program",)
    search_fields = ("program__title", "program__code")
    fields = (
        "program",
        "number",
        "state",
        "credit_unit",
        "competency_credits",
        "awards",
        "closed_to_entry_on",
        "teach_out_until",
        "successor",
        "published_at",
        "retired_at",
        "digest",
        "public_id",
    )
    change_form_template = "programs/desk/version.html"
    readonly_fields = ("awards", "competency_credits")
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """The versions that this person sees, with their size."""
        return lean_versions(super().rows_for(user, rows))

    @admin.display(description=_("learners now"))
    def learners(self, version: Any) -> int:  # noqa: ANN401 - with the columns of rows_for
        """The number of open enrollments."""
        return int(version.learners_now)

    @admin.display(description=pgettext_lazy("verb", "awards"))
    def awards(self, version: ProgramVersion) -> str:
        """The type and title of the award, and who grants it."""
        if awards_nothing(version):
            return _now("nothing")
        terms = terms_of(version)
        words = {"type": terms["achievement_type"].label, "title": terms["title"], "by": terms["granting"].label}
        return _now("%(type)s “%(title)s”, granted by: %(by)s") % words

    @admin.display(description=_("credits of competencies"))
    def competency_credits(self, version: ProgramVersion) -> str:
        """The version's own table; requirements say theirs in the tree."""
        rows = version.credit_table.select_related("competency").order_by("competency__code", "pk")
        entries = [(str(row.competency or _now("all others")), row.credits) for row in rows]
        unit = version.credit_unit
        return "; ".join(f"{name}: {amount_in_words(worth, unit)}" for name, worth in entries) or _now(
            "as requirements and frameworks say"
        )

    @desk_action(
        _("Set the credit of competencies"),
        may=writes_programs,
        form=CreditForm,
        offered=is_draft,
        explains=_(
            "What mastered competencies are worth in free credits. A requirement's own credits count before this "
            "table, and this table before what the framework declares."
        ),
    )
    def credit(self, _request: HttpRequest, row: ProgramVersion, form: CreditForm) -> str:
        """Set or remove an entry of the draft's table."""
        entered = form.cleaned_data
        set_version_credit(row, competency=entered["competency"], worth=entered["worth"])
        return _now("Saved.")

    @desk_action(
        _("Set the achievement"),
        may=writes_programs,
        form=TermsForm,
        offered=is_draft,
        explains=_("Frozen when the version is published. Without this it awards what the version before did."),
    )
    def award(self, request: HttpRequest, row: ProgramVersion, form: TermsForm) -> str:
        """Set what the draft awards."""
        set_achievement(row, terms=form.terms, by=signed_in_user(request), at=clock.now())
        return _now("Saved.")

    @desk_action(
        _("Publish the achievement"),
        may=publishes_programs,
        form=VerbForm,
        offered=awards_nothing,
        explains=_("For a version that was put in force before it awarded anything."),
    )
    def publish_award(self, _request: HttpRequest, row: ProgramVersion, _form: VerbForm) -> str:
        """Publish the award of a version that has none."""
        publish_achievement(row, at=clock.now())
        return _now("Published for %(version)s.") % {"version": row}

    @desk_action(
        _("Publish"),
        may=publishes_programs,
        offered=is_draft,
        explains=_(
            "The tree, the policies and the statements are frozen as they are now and never change again. A version in"
            " force before takes nobody new from today on; those inside stay in it."
        ),
    )
    def publish(self, request: HttpRequest, row: ProgramVersion, form: ReasonForm) -> str:
        """Publish the draft."""
        publish_version(row, by=signed_in_user(request), at=clock.now(), reason=form.cleaned_data["why"])
        return _now("Published.")

    @desk_action(_("Choose a policy"), may=writes_programs, form=PolicyForm, offered=is_draft)
    def choose_policy(self, _request: HttpRequest, row: ProgramVersion, form: PolicyForm) -> HttpResponse:
        """Set the policy for a scale, and show the tree."""
        entered = form.cleaned_data
        set_version_policy(row, scale=entered["scale"], policy_version=entered["policy_version"])
        return redirect("admin:programs_programversion_tree", row.pk)

    @desk_action(
        _("Ask to follow the version in force"),
        may=writes_programs,
        offered=follows_another,
        explains=_("Somebody else who is a registrar reads it and approves; then it can be published."),
    )
    def ask_replace(self, request: HttpRequest, row: ProgramVersion, form: ReasonForm) -> str:
        """Ask for approval to follow the version in force."""
        ask_to_replace(row, by=signed_in_user(request), reason=form.cleaned_data["why"], at=clock.now())
        return _now("Asked.")

    @desk_action(_("Close to entry"), may=publishes_programs, form=ClosingForm, offered=in_force)
    def close(self, request: HttpRequest, row: ProgramVersion, form: ClosingForm) -> str:
        """Set the days of closing and of the end of teaching."""
        entered = form.cleaned_data
        close_version(
            row,
            closed_to_entry_on=entered["closed_to_entry_on"],
            teach_out_until=entered["teach_out_until"],
            by=signed_in_user(request),
            reason=entered["why"],
        )
        return _now("Saved.")

    @desk_action(
        _("Ask to retire"),
        may=publishes_programs,
        offered=in_force,
        explains=_("Needed while people study this version: somebody else who is a registrar approves."),
    )
    def ask_retire(self, request: HttpRequest, row: ProgramVersion, form: ReasonForm) -> str:
        """Ask for approval to retire a version with learners."""
        ask_to_retire(row, by=signed_in_user(request), reason=form.cleaned_data["why"], at=clock.now())
        return _now("Asked.")

    @desk_action(
        _("Retire"),
        may=publishes_programs,
        offered=in_force,
        explains=_("Nobody is admitted any more. What was reached in it stays."),
        kind="danger",
    )
    def retire(self, request: HttpRequest, row: ProgramVersion, form: ReasonForm) -> str:
        """Retire the version."""
        retire_version(row, by=signed_in_user(request), at=clock.now(), reason=form.cleaned_data["why"])
        return _now("Retired.")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 - Django's
        """Add the tree to the version's page."""
        row = kwargs.get("obj")
        if isinstance(row, ProgramVersion):
            context["reports_exclusivity"] = reads_enrollments(request.user) and shared_where_silent(row)
            context.update(self.workbench(request, row))
        return super().render_change_form(request, context, *args, **kwargs)
