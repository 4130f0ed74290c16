"""The admin pages of learners."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import F, Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actions.identifiers import add_identifier
from accounts.actions.learners import change_learner, connect_account, create_learner, set_privacy_hold
from accounts.actions.links import link_records, unlink_records
from accounts.actions.names import add_name
from accounts.admin.labels import REFUSALS, signed_in_user
from accounts.admin.learner_forms import (
    AccountForm,
    IdentifierForm,
    NameForm,
    NewLearnerForm,
    OtherRecordForm,
    UnlinkForm,
)
from accounts.labels import obstacle_texts
from accounts.models import Learner, LearnerIdentifier, LearnerLink, LearnerName, NameKind, Organization, Role
from accounts.permissions import holds_everywhere, may_change_learners, may_read_learners
from accounts.queries.learner_search import rows_of_learners_matching
from accounts.queries.legal_names import learners_for_desk
from accounts.queries.name_comparison import comparison_obstacles_of
from accounts.queries.people import links_in_force_of
from accounts.queries.time_zones import learner_civil_date
from core import clock
from core.desk import DeskAdmin, DeskInline, ReasonForm, desk_action
from core.text.letters import printable


def change_link(route: str, pk: int, text: str) -> str:
    """`text` as a link to the page of the row, where it can be corrected or ended and shows its history."""
    return format_html('<a href="{}">{}</a>', reverse(route, args=[pk]), printable(text))


class NamesInline(DeskInline):
    """The names of the learner, current ones first."""

    model = LearnerName
    fields = readonly_fields = ("written", "kind", "starts_on", "ends_on")
    ordering = (F("ends_on").desc(nulls_first=True), "-pk")

    @admin.display(description=_("name as written"))
    def written(self, name: LearnerName) -> str:
        """The name as a link to its own page."""
        return change_link("admin:accounts_learnername_change", name.pk, name.text)


class IdentifiersInline(DeskInline):
    """The identifiers of the learner."""

    model = LearnerIdentifier
    fields = readonly_fields = ("identifier", "scheme", "issuer", "prints", "ended_at")
    ordering = ("scheme", "pk")

    @admin.display(description=_("identifier"))
    def identifier(self, identifier: LearnerIdentifier) -> str:
        """The identifier as a link to its own page."""
        return change_link("admin:accounts_learneridentifier_change", identifier.pk, identifier.value)


class LinksUpInline(DeskInline):
    """The links to records with a lower id."""

    model = LearnerLink
    fk_name = "other"
    verbose_name_plural = _("is the same person as")
    fields = ("learner", "reason", "linked_by", "linked_at", "unlinked_at")


class LinksDownInline(DeskInline):
    """The links to records with a higher id."""

    model = LearnerLink
    fk_name = "learner"
    verbose_name_plural = _("carries the rows of")
    fields = ("other", "reason", "linked_by", "linked_at", "unlinked_at")


def is_linked(learner: Learner) -> bool:
    """Whether the learner has a link in force that can be undone."""
    return links_in_force_of(learner).exists()


def is_held(learner: Learner) -> bool:
    """Whether the learner is under a privacy hold."""
    return learner.privacy_hold


def is_open(learner: Learner) -> bool:
    """Whether the learner is under no privacy hold."""
    return not learner.privacy_hold


@admin.register(Learner)
class LearnerAdmin(DeskAdmin):
    """Records of learners, with their names, identifiers, accounts and links."""

    may_view = staticmethod(may_read_learners)
    may_add = staticmethod(may_change_learners)
    may_change = staticmethod(may_change_learners)
    question = _("Who is this, and which record is theirs?")
    ordering = ("learner_number",)
    list_display = ("learner_number", "name", "birth_date", "account", "state")
    search_fields = ("learner_number",)
    search_help_text = _("Beginnings of names, a learner number, another system's identifier, or an e-mail")
    refusals: ClassVar = REFUSALS
    # portal replaces these two with actions that also recompute mastery and awards of the linked records. This app
    # cannot import them, because they belong to higher apps.
    join: ClassVar[Callable[..., LearnerLink]] = staticmethod(link_records)
    separate: ClassVar[Callable[..., LearnerLink]] = staticmethod(unlink_records)

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """All records with today's legal name, the account and the linked record."""
        return learners_for_desk(super().rows_for(user, rows), on=learner_civil_date(clock.now()))

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search names, numbers and identifiers; the result has no duplicates."""
        return rows_of_learners_matching(queryset, search_term, learner="pk"), False

    def get_inlines(self, _request: HttpRequest, obj: Model | None) -> list[Any]:
        """Names and identifiers, and the links of either direction if there are any."""
        if not isinstance(obj, Learner):
            return []
        links = [(LinksUpInline, obj.links_downward), (LinksDownInline, obj.links_upward)]
        return [NamesInline, IdentifiersInline, *(inline for inline, rows in links if rows.exists())]

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: ANN401
        """The form for a new record, which also has the legal name."""
        if obj is None:
            kwargs["form"] = NewLearnerForm
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        if "home_organization" in form.base_fields and not holds_everywhere(request.user, Role.REGISTRAR):
            # A record without a place would be out of reach for whoever made it.
            form.base_fields["home_organization"].required = True
        return form

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:  # noqa: ANN401 - Django's
        """Offer the institution and its branches as home organization, as far as the person's role covers them."""
        if db_field.name == "home_organization":
            kwargs["queryset"] = Organization.objects.ours().order_by("name", "pk")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_fields(self, _request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """The fields of a new record, or of an existing one."""
        if obj is None:
            return ["legal_name", "sort_as", "birth_date", "learner_number", "home_organization"]
        return [
            "name",
            "learner_number",
            "birth_date",
            "deceased_on",
            "home_organization",
            "account",
            "state",
            "names_compared",
        ]

    def get_readonly_fields(self, _request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """The computed columns."""
        return ["name", "account", "state", "names_compared"] if obj else []

    def save_through(self, request: HttpRequest, obj: Model | None, form: Any, reason: str) -> Learner:  # noqa: ANN401
        """Create or change a record."""
        cleaned = form.cleaned_data
        if isinstance(obj, Learner):
            return change_learner(
                obj,
                learner_number=cleaned["learner_number"],
                birth_date=cleaned["birth_date"],
                deceased_on=cleaned["deceased_on"],
                home_organization=cleaned["home_organization"],
                by=signed_in_user(request),
                reason=reason,
            )
        return create_learner(
            cleaned["legal_name"],
            sort_as=cleaned["sort_as"],
            learner_number=cleaned["learner_number"],
            birth_date=cleaned["birth_date"],
            home_organization=cleaned["home_organization"],
            by=signed_in_user(request),
            at=clock.now(),
            reason=reason,
        )

    @admin.display(description=_("legal name"))
    def name(self, learner: Any) -> str:  # noqa: ANN401 - a Learner with the annotations of with_names
        """Today's legal name."""
        return learner.legal_name or ""

    @admin.display(description=_("account"))
    def account(self, learner: Learner) -> str:
        """The e-mail of the account."""
        return learner.user.email if learner.user else ""

    @admin.display(description=_("state"))
    def state(self, learner: Learner) -> str:
        """Whether the record is linked to another one, or the learner has died."""
        if learner.same_as:
            return _now("same person as %(number)s") % {"number": learner.same_as.learner_number}
        if learner.privacy_hold:
            return _now("privacy hold")
        if learner.deceased_on:
            return _now("died on %(day)s") % {"day": date_format(learner.deceased_on)}
        return _now("in order")

    @admin.display(description=_("comparing the name on documents"))
    def names_compared(self, learner: Learner) -> str:
        """Whether others can compare a name with the one on documents, and otherwise why not."""
        obstacles = comparison_obstacles_of(learner, at=clock.now())
        return " ".join(obstacle_texts(obstacles)) or _now("possible")

    @desk_action(
        _("New name"),
        may=may_change_learners,
        form=NameForm,
        explains=_(
            "A legal or chosen name ends the one before it. Documents keep the name that they were issued with."
        ),
    )
    def new_name(self, request: HttpRequest, row: Learner, form: NameForm) -> str:
        """Add a name."""
        cleaned = form.cleaned_data
        add_name(
            row,
            kind=NameKind(cleaned["kind"]),
            text=cleaned["text"],
            sort_as=cleaned["sort_as"],
            starts_on=cleaned["starts_on"],
            ends_on=cleaned["ends_on"],
            by=signed_in_user(request),
            reason=cleaned["why"],
        )
        return _now("The name is recorded.")

    @desk_action(_("Add an identifier"), may=may_change_learners, form=IdentifierForm)
    def new_identifier(self, request: HttpRequest, row: Learner, form: IdentifierForm) -> str:
        """Add an identifier."""
        cleaned = form.cleaned_data
        add_identifier(
            row,
            scheme=cleaned["scheme"],
            issuer=cleaned["issuer"],
            value=cleaned["value"],
            prints=cleaned["prints"],
            by=signed_in_user(request),
            at=clock.now(),
            reason=cleaned["why"],
        )
        return _now("The identifier is recorded.")

    @desk_action(
        _("Set the account"),
        may=may_change_learners,
        form=AccountForm,
        explains=_("Whoever signs in with this account then sees this record as their own."),
    )
    def set_account(self, request: HttpRequest, row: Learner, form: AccountForm) -> str:
        """Connect or disconnect the account."""
        cleaned = form.cleaned_data
        connect_account(row, user=cleaned["email"], by=signed_in_user(request), reason=cleaned["why"])
        return _now("The account is set.") if cleaned["email"] else _now("The record has no account now.")

    @desk_action(
        _("Set a privacy hold"),
        may=may_change_learners,
        form=ReasonForm,
        offered=is_open,
        explains=_(
            "Nobody outside can compare a name with those on documents of this person. What is shared stays shared."
        ),
    )
    def hold(self, request: HttpRequest, row: Learner, form: ReasonForm) -> str:
        """Set the privacy hold."""
        set_privacy_hold(row, hold=True, by=signed_in_user(request), reason=form.cleaned_data["why"])
        return _now("The privacy hold is set.")

    @desk_action(_("Lift the privacy hold"), may=may_change_learners, form=ReasonForm, offered=is_held)
    def lift(self, request: HttpRequest, row: Learner, form: ReasonForm) -> str:
        """Lift the privacy hold."""
        set_privacy_hold(row, hold=False, by=signed_in_user(request), reason=form.cleaned_data["why"])
        return _now("The privacy hold is lifted.")

    @desk_action(
        _("Same person as another record"),
        may=may_change_learners,
        form=OtherRecordForm,
        explains=_("Both records are then read as one person. No row is rewritten, and it can be undone."),
    )
    def link(self, request: HttpRequest, row: Learner, form: OtherRecordForm) -> str:
        """Link the record with another record of the same person."""
        cleaned = form.cleaned_data
        self.join(
            row, other=cleaned["learner_number"], reason=cleaned["why"], by=signed_in_user(request), at=clock.now()
        )
        return _now("The records are read as one person now.")

    @desk_action(
        _("Not the same person"),
        may=may_change_learners,
        form=UnlinkForm,
        offered=is_linked,
        explains=_("Undoes one link. The records are read as two persons again."),
        kind="danger",
    )
    def part(self, request: HttpRequest, _row: Learner, form: UnlinkForm) -> str:
        """Undo one link."""
        cleaned = form.cleaned_data
        self.separate(cleaned["link"], reason=cleaned["why"], by=signed_in_user(request), at=clock.now())
        return _now("The records are read as two persons now.")
