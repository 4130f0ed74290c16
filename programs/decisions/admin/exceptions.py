"""The desk pages of exceptions, and of those that wait for a second registrar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin.labels import REFUSALS as ACCOUNT_REFUSALS
from accounts.admin.labels import signed_in_user
from accounts.models import ApprovalOutcome
from core import clock
from core.desk import DeskAdmin, VerbForm, desk_action
from programs.awards.labels import act_in_words, days_in_words, requirement_in_words, state_in_words, state_of_exception
from programs.awards.queries.exceptions import with_state
from programs.decisions.actions.approving import approve_exceptions, ask_again
from programs.decisions.admin.base import DecisionAdmin, words_of
from programs.decisions.queries import (
    BatchLine,
    exceptions_about,
    percents_in_words,
    previewed_batch,
    what_counts,
    with_request,
)
from programs.labels import REFUSALS
from programs.models import Enrollment, ExceptionBatch, RequirementException
from programs.permissions import keeps_enrollments, reads_enrollments
from programs.rules.exception_states import ExceptionState


@admin.register(RequirementException)
class RequirementExceptionAdmin(DecisionAdmin):
    """Exceptions; they are granted on an enrollment's page."""

    question = _("Which exceptions were made, for whom, and until when?")
    list_display = ("named", "learner", "kind", "requirement", "starts_on", "ends_on", "decided_by", "standing")
    list_select_related = ("learner", "enrollment__version__program", "competency", "decided_by", "approval")
    fields = (
        "learner",
        "enrollment",
        "kind",
        "requirement",
        "counts",
        "reason",
        "notes",
        "starts_on",
        "ends_on",
        "act",
        "standing",
        "withdrawn_at",
    )
    readonly_fields = ("requirement", "counts", "notes", "act", "standing")

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """Leave the content of versions unread: it is large, and trees are cached by its digest."""
        return with_state(super().rows_for(user, rows)).defer("enrollment__version__content")

    @admin.display(description=_("requirement"))
    def requirement(self, row: RequirementException) -> str:
        """The title of the requirement."""
        return requirement_in_words(row)

    @admin.display(description=_("what counts"))
    def counts(self, row: RequirementException) -> str:
        """What is to count, by name."""
        return what_counts(row)

    @admin.display(description=_("why"))
    def notes(self, row: RequirementException) -> str:
        """The words, or that they were erased."""
        return words_of(row)

    @admin.display(description=_("by which act"))
    def act(self, row: RequirementException) -> str:
        """Who decided and who approved."""
        return act_in_words(row)

    @admin.display(description=_("state"))
    def standing(self, row: RequirementException) -> str:
        """Whether it counts."""
        return state_in_words(row, at=clock.now())


def waits_for_decision(row: Any) -> bool:  # noqa: ANN401 - with the columns of with_request
    """Return whether the newest request of a batch has no decision yet."""
    return bool(row.outcome == "")


def can_be_asked_again(row: Any) -> bool:  # noqa: ANN401 - as above
    """Return whether exceptions of a batch wait although its request is decided: it was declined, or is void."""
    return bool(row.waits) and not waits_for_decision(row)


@admin.register(ExceptionBatch)
class ExceptionBatchAdmin(DeskAdmin):
    """Exceptions that a second registrar approves, with what they would change for each learner."""

    may_view = staticmethod(reads_enrollments)
    private_search = False
    question = _("Which exceptions does a second registrar have to approve?")
    list_display = ("about", "asked_by", "asked_at", "standing")
    list_select_related = ("asked_by",)
    fields = ("about", "asked_by", "asked_at", "standing", "decided", "people")
    readonly_fields = ("about", "standing", "decided", "people")
    refusals: ClassVar = {**ACCOUNT_REFUSALS, **REFUSALS}

    def rows_for(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ANN401 - as the base
        """Each with its newest request."""
        return with_request(super().rows_for(user, rows))

    @admin.display(description=_("what"))
    def about(self, row: Any) -> str:  # noqa: ANN401 - with the columns of with_request
        """What was asked."""
        return row.asked or ""

    @admin.display(description=_("state"))
    def standing(self, row: Any) -> str:  # noqa: ANN401 - as above
        """The decision, or that it waits for one."""
        return str(ApprovalOutcome(row.outcome).label) if row.outcome else _now("waits")

    @admin.display(description=_("decided by"))
    def decided(self, row: Any) -> str:  # noqa: ANN401 - as above
        """Who decided."""
        return row.decider or ""

    @admin.display(description=_("for whom, why, and with which consequence"))
    def people(self, row: ExceptionBatch) -> SafeString:
        """Each learner with what counts and for what, the words of the registrar, and what would change."""
        at = clock.now()
        lines = ((" · ".join(_parts(line, at=at)),) for line in previewed_batch(row, at=at))
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", lines))

    @desk_action(
        _("Approve"),
        may=keeps_enrollments,
        form=VerbForm,
        offered=waits_for_decision,
        explains=_("From then on these exceptions count, and the learners' programs are audited at once."),
    )
    def approve(self, request: HttpRequest, row: ExceptionBatch, _form: VerbForm) -> str:
        """Approve the batch."""
        return _decided(request, row, approved=True)

    @desk_action(_("Decline"), may=keeps_enrollments, form=VerbForm, offered=waits_for_decision, kind="danger")
    def decline(self, request: HttpRequest, row: ExceptionBatch, _form: VerbForm) -> str:
        """Decline the batch."""
        return _decided(request, row, approved=False)

    @desk_action(
        _("Ask again"),
        may=keeps_enrollments,
        form=VerbForm,
        offered=can_be_asked_again,
        explains=_("The request was declined, or what was asked has changed since."),
    )
    def ask(self, request: HttpRequest, row: ExceptionBatch, _form: VerbForm) -> str:
        """Ask a second registrar again."""
        ask_again(row, by=signed_in_user(request), at=clock.now())
        return _now("Asked.")


def _parts(line: BatchLine, *, at: datetime) -> Iterator[str]:
    """Yield what the page says of one exception; what would change only as long as it waits, and then its state."""
    yield line.name
    yield str(line.row.enrollment.version)
    level = _now("at level %(level)s") % {"level": line.level_asked} if line.level_asked else ""
    yield f"{line.requirement}, {level}" if level else line.requirement
    if line.counts:
        yield _now("What is to count: %(what)s.") % {"what": line.counts}
    yield words_of(line.row) or "—"
    waits = state_of_exception(line.row, at=at) is ExceptionState.WAITS
    yield percents_in_words(line) if waits else state_in_words(line.row, at=at)


def _decided(request: HttpRequest, row: ExceptionBatch, *, approved: bool) -> str:
    decided = approve_exceptions(row, approved=approved, by=signed_in_user(request), at=clock.now())
    if decided.outcome == ApprovalOutcome.VOID:
        return _now("What was asked has changed since: it has to be asked again.")
    return _now("Approved.") if decided.outcome == ApprovalOutcome.APPROVED else _now("Declined.")


@dataclass(frozen=True, slots=True)
class ExceptionLine:
    """An exception as the page of its enrollment shows it."""

    decision: str
    requirement: str
    counts: str
    reason: str
    words: str
    days: str
    act: str
    state: str
    pending: bool
    address: str


def exception_lines(enrollment: Enrollment, *, at: datetime) -> list[ExceptionLine]:
    """Return the exceptions of an enrollment, the latest first, with the act behind each, and their states."""
    return [
        ExceptionLine(
            decision=str(row.get_kind_display()),
            requirement=requirement_in_words(row),
            counts=what_counts(row).removesuffix("."),
            reason=str(row.get_reason_display()),
            words=words_of(row),
            days=days_in_words(row),
            act=act_in_words(row),
            state=state_in_words(row, at=at),
            pending=state_of_exception(row, at=at) is ExceptionState.WAITS,
            address=reverse("admin:programs_requirementexception_change", args=[row.pk]),
        )
        for row in exceptions_about(enrollment)
    ]
