"""The admin pages of frameworks: content, publication, use and last import."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from competencies.actions import declare_credit, publish_framework, withdraw_framework
from competencies.admin.labels import REFUSALS
from competencies.models import Framework
from competencies.permissions import may_change_frameworks, may_read_frameworks
from competencies.queries import with_counts
from core import clock
from core.desk import DeskAdmin, ReasonForm, desk_action


def is_closed(framework: Framework) -> bool:
    """Whether the framework can be published."""
    return not framework.published


def is_public(framework: Framework) -> bool:
    """Whether the framework can be withdrawn."""
    return framework.published


class CreditForm(ReasonForm):
    """What each competency brings, and in which unit."""

    credit = forms.DecimalField(
        label=_("Credit of each competency"),
        required=False,
        min_value=0,
        max_digits=8,
        decimal_places=2,
        help_text=_("Left empty, the framework declares none."),
    )
    unit = forms.CharField(
        label=_("Unit of credit"),
        required=False,
        max_length=40,
        help_text=_("As programs name it: only programs that count in this unit read it."),
    )
    field_order = ("credit", "unit", "why")

    def __init__(self, *args: Any, row: Any = None, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        initial = {"credit": row.default_credit, "unit": row.default_credit_unit or "credits"} if row else {}
        super().__init__(*args, row=row, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Check that a credit has its unit."""
        entered = super().clean() or {}
        if entered.get("credit") is not None and not (entered.get("unit") or "").strip():
            self.add_error("unit", _("Say the unit of the credit."))
        return entered


@admin.register(Framework)
class FrameworkAdmin(DeskAdmin):
    """Frameworks with their counts: publishing and withdrawing."""

    may_view = staticmethod(may_read_frameworks)
    question = _("Which frameworks are here, who sees them, and what rests on them?")
    private_search = False
    list_display = ("title", "version", "adoption_status", "is_published", "items", "in_use", "last_import")
    list_filter = (("published_at", admin.EmptyFieldListFilter), "adoption_status")
    search_fields = ("title", "creator", "publisher", "source_identifier")
    ordering = ("title", "pk")
    fields = (
        "title",
        "page",
        "description",
        "creator",
        "publisher",
        "version",
        "adoption_status",
        "status_from",
        "status_until",
        "language",
        "items",
        "in_use",
        "default_credit",
        "default_credit_unit",
        "published_at",
        "last_import",
        "case_version",
        "source_identifier",
        "source_uri",
        "source_changed",
        "public_id",
    )
    readonly_fields = ("page", "items", "in_use", "last_import")
    refusals: ClassVar = REFUSALS

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """All frameworks with their counts and the last import."""
        return with_counts(super().rows_for(user, rows))

    @admin.display(description=_("public"), boolean=True)
    def is_published(self, framework: Framework) -> bool:
        """Whether the framework is public."""
        return framework.published

    @admin.display(description=_("competencies"))
    def items(self, framework: Any) -> int:  # noqa: ANN401 - with the columns of `with_counts`
        """The number of competencies, without translations."""
        return int(framework.item_count)

    @admin.display(description=_("of these in use"))
    def in_use(self, framework: Any) -> int:  # noqa: ANN401 - as above
        """The number of competencies that something refers to."""
        return int(framework.used_count)

    @admin.display(description=_("last import"))
    def last_import(self, framework: Any) -> Any:  # noqa: ANN401 - as above
        """The instant of the last import."""
        return framework.last_import_at

    @admin.display(description=_("pages"))
    def page(self, framework: Framework) -> SafeString:
        """Links to the public page and to the list of competencies."""
        listed = reverse("admin:competencies_competency_changelist") + f"?framework__id__exact={framework.pk}"
        return format_html(
            '<a href="{}">{}</a> · <a href="{}">{}</a>',
            framework.get_absolute_url(),
            _now("the tree as readers see it"),
            listed,
            _now("its competencies on the desk"),
        )

    @desk_action(
        _("Publish"),
        may=may_change_frameworks,
        offered=is_closed,
        explains=_("Its pages and its CASE package can then be read by anyone."),
    )
    def publish(self, _request: HttpRequest, row: Framework, _form: ReasonForm) -> str:
        """Publish the framework."""
        publish_framework(row, at=clock.now())
        return _now("Published.")

    @desk_action(
        _("Withdraw"),
        may=may_change_frameworks,
        offered=is_public,
        explains=_("Only staff will see it. Programs, awards and credentials that rest on it stay as they are."),
        kind="danger",
    )
    def withdraw(self, _request: HttpRequest, row: Framework, _form: ReasonForm) -> str:
        """Withdraw the framework."""
        withdraw_framework(row)
        return _now("Withdrawn.")

    @desk_action(
        _("Set the credit of its competencies"),
        may=may_change_frameworks,
        form=CreditForm,
        explains=_(
            "The credit of each mastered competency in programs published from now on, unless a program says otherwise."
            " Programs in force keep theirs."
        ),
    )
    def credit(self, _request: HttpRequest, row: Framework, form: CreditForm) -> str:
        """Declare the credit of each competency."""
        declare_credit(row, credit=form.cleaned_data["credit"], unit=form.cleaned_data["unit"])
        return _now("Saved.")
