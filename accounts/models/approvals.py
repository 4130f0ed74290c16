"""Approvals: one person requests an act, another person decides."""

import uuid
from datetime import timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.roles import Role
from accounts.models.subjects import DIGEST, ApprovedKind

# The wait before somebody may decide their own request. It gives registrars and inspectors time to react to the mail.
ALONE_WAITS = timedelta(hours=24)


class ApprovalAct(models.TextChoices):
    """The acts that need approval."""

    RESCIND = "rescind", _("rescind")
    REVOKE = "revoke", _("revoke")
    ROTATE_KEY = "rotate_key", _("rotate the key")
    RETIRE = "retire", _("retire")
    REPLACE = "replace", _("replace what is in force")
    EXCEPT = "except", _("make an exception")


class ApprovalOutcome(models.TextChoices):
    """The decision about a request; empty while it is open."""

    APPROVED = "approved", _("approved")
    DECLINED = "declined", _("declined")
    VOID = "void", _("void: what it was about has changed")


class ApprovalQuerySet(models.QuerySet["Approval"]):
    """Requests for approval, open and decided."""

    def open(self) -> Self:
        """Those without a decision."""
        return self.filter(decided_at=None)

    def about(self, act: ApprovalAct, kind: ApprovedKind, subject_id: uuid.UUID | OuterRef) -> Self:
        """Those for `act` on one subject; in a subquery, on the subject of the outer row."""
        return self.filter(act=act, subject_kind=kind, subject_id=subject_id)

    def newest_first(self) -> Self:
        """The latest request before the older ones about the same: it is the one that holds."""
        return self.order_by("-asked_at", "-pk")

    def approved(self, digest: str) -> Self:
        """Those approved with this digest; a subject that has changed since has another digest."""
        return self.filter(outcome=ApprovalOutcome.APPROVED, digest=digest)


class Approval(models.Model):
    """A request to act on something in force, and its decision. Triggers keep the request and the decision unchanged.

    The subject is named by kind and public id, because its model belongs to a higher app and a foreign key would import
    it. `digest` covers everything that the act would do: an approval is void if the subject changes.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    act = models.CharField(_("act"), max_length=20, choices=ApprovalAct.choices)
    subject_kind = models.CharField(_("of"), max_length=30, choices=ApprovedKind.choices)
    subject_id = models.UUIDField()
    digest = models.CharField(max_length=67)
    role = models.CharField(_("decided by a"), max_length=30, choices=Role.choices)
    reason = models.CharField(_("reason"), max_length=500)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    single_person = models.BooleanField(_("decided alone"), default=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    outcome = models.CharField(_("outcome"), max_length=10, blank=True, choices=ApprovalOutcome.choices)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(act__in=ApprovalAct.values), name="approval_act_is_known"),
            models.CheckConstraint(
                condition=Q(subject_kind__in=ApprovedKind.values), name="approval_subject_kind_is_known"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="approval_role_is_known"),
            models.CheckConstraint(condition=Q(digest__regex=DIGEST), name="approval_digest_is_one"),
            # A row is open, decided by a person, or void. Nobody decides that a row is void, so it has no person.
            models.CheckConstraint(
                condition=Q(outcome="", decided_at=None, decided_by=None)
                | Q(
                    outcome__in=[ApprovalOutcome.APPROVED, ApprovalOutcome.DECLINED],
                    decided_at__gte=F("asked_at"),
                    decided_by__isnull=False,
                )
                | Q(outcome=ApprovalOutcome.VOID, decided_at__gte=F("asked_at"), decided_by=None),
                name="approval_decision_is_whole",
            ),
            # Four-eyes principle, in the database so that no code path can skip it.
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | ~Q(decided_by=F("asked_by"))
                | Q(single_person=True, decided_at__gte=F("asked_at") + ALONE_WAITS),
                name="approval_decided_by_another_or_alone_a_day_later",
            ),
            # Two open requests about one subject could be decided differently.
            models.UniqueConstraint(
                fields=["act", "subject_kind", "subject_id"],
                condition=Q(decided_at=None),
                name="approval_one_open_per_act_and_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.get_subject_kind_display()}"
