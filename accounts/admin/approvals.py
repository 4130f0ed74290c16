"""The admin page of requests for approval."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actions.approvals import decide_approval
from accounts.admin.labels import REFUSALS, signed_in_user
from accounts.labels import ApprovalSubject, subject_of
from accounts.models import Approval, ApprovalOutcome
from accounts.permissions import may_decide_approvals, may_read_approvals
from core import clock
from core.desk import DeskAdmin, VerbForm, desk_action


def is_undecided(approval: Approval) -> bool:
    """Whether the request has no decision yet."""
    return approval.decided_at is None


@admin.register(Approval)
class ApprovalAdmin(DeskAdmin):
    """Requests for approval: approving and declining."""

    may_view = staticmethod(may_read_approvals)
    private_search = False
    question = _("What waits for an approval?")
    list_display = ("what", "reason", "asked_by", "asked_at", "role", "standing")
    list_filter = ("act", "outcome")
    list_select_related = ("asked_by", "decided_by")
    fields = (
        "what",
        "about",
        "learner",
        "details",
        "reason",
        "consequence",
        "asked_by",
        "asked_at",
        "role",
        "standing",
        "decided_by",
        "decided_at",
        "single_person",
        "digest",
    )
    readonly_fields = ("what", "about", "learner", "details", "consequence", "standing")
    refusals: ClassVar = REFUSALS

    @admin.display(description=_("what"))
    def what(self, approval: Approval) -> str:
        """The act and the kind of its subject."""
        return str(approval)

    @admin.display(description=_("about"))
    def about(self, approval: Approval) -> str:
        """The name of the subject."""
        return _subject_of(approval).title

    @admin.display(description=_("learner"))
    def learner(self, approval: Approval) -> str:
        """The person whom it concerns."""
        return _subject_of(approval).learner

    @admin.display(description=_("what follows"))
    def consequence(self, approval: Approval) -> str:
        """What happens if it is approved and done; nothing once it was declined or is void."""
        lost = approval.outcome in {ApprovalOutcome.DECLINED, ApprovalOutcome.VOID}
        return "" if lost else _subject_of(approval).consequence

    @admin.display(description=_("what is to be approved"))
    def details(self, approval: Approval) -> str:
        """The facts that whoever decides needs, with what would change as long as nobody has decided."""
        subject = _subject_of(approval)
        facts = (*subject.facts, *subject.office_facts)
        return " ".join((*facts, *((subject.preview,) if subject.preview and not approval.outcome else ())))

    @admin.display(description=_("state"))
    def standing(self, approval: Approval) -> str:
        """The decision, or that the request waits for one."""
        return str(approval.get_outcome_display()) if approval.outcome else _now("waits")

    @desk_action(
        _("Approve"),
        may=may_decide_approvals,
        form=VerbForm,
        offered=is_undecided,
        explains=_("For exactly what was asked: if it has changed by the time it is done, it must be asked again."),
    )
    def approve(self, request: HttpRequest, row: Approval, _form: VerbForm) -> str:
        """Approve the request."""
        return _decide(request, row, approved=True)

    @desk_action(_("Decline"), may=may_decide_approvals, form=VerbForm, offered=is_undecided, kind="danger")
    def decline(self, request: HttpRequest, row: Approval, _form: VerbForm) -> str:
        """Decline the request."""
        return _decide(request, row, approved=False)


def _subject_of(approval: Any) -> ApprovalSubject:  # noqa: ANN401 - with a place for what was read
    """Return what a request is about. A page asks for it several times, and it may take an audit."""
    # Key: the row in memory. It lives as long as its request, and so does what is kept; the next one reads it again.
    if not hasattr(approval, "subject_in_words"):
        approval.subject_in_words = subject_of(approval)
    found: ApprovalSubject = approval.subject_in_words
    return found


def _decide(request: HttpRequest, row: Approval, *, approved: bool) -> str:
    # The app that performs the act knows its digest of now: where it has said so (`add_subject_lock`), a stale request
    # is void here already, else the act compares the digests.
    decided = decide_approval(row, approved=approved, digest=row.digest, by=signed_in_user(request), at=clock.now())
    if decided.outcome == ApprovalOutcome.VOID:
        return _now("What was asked has changed since: it has to be asked again.")
    return _now("Approved.") if decided.outcome == ApprovalOutcome.APPROVED else _now("Declined.")
