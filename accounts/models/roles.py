"""Roles, and their assignments to users at an organization for a time."""

from datetime import datetime
from typing import ClassVar, Self

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models.organizations import Organization
from accounts.models.ranges import Instants, Point
from accounts.models.users import User
from core.database.plausible_dates import plausible_dates


class Role(models.TextChoices):
    """The roles of staff and partners. Add new ones at the end: an exclusion constraint numbers them in this order."""

    REGISTRAR = "registrar", _("registrar")
    ASSESSOR = "assessor", _("assessor")
    CURRICULUM_DESIGNER = "curriculum_designer", _("curriculum designer")
    ADVISOR = "advisor", _("advisor")
    INSPECTOR = "inspector", _("inspector")
    PARTNER_ADMINISTRATOR = "partner_administrator", _("partner administrator")


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Assignments by time and role."""

    def in_force(self, at: datetime) -> Self:
        """Those in force at the instant `at`."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)

    def during(self, starts_at: datetime, ends_at: datetime | None) -> Self:
        """Those in force at some instant from `starts_at` up to but not including `ends_at`, or without an end."""
        # An assignment that was cancelled before its start ends where it starts and was never in force.
        ever_in_force = self.filter(Q(ends_at=None) | Q(ends_at__gt=F("starts_at")))
        not_over = ever_in_force.filter(Q(ends_at=None) | Q(ends_at__gt=starts_at))
        return not_over if ends_at is None else not_over.filter(starts_at__lt=ends_at)

    def lasting_registrars(self, at: datetime) -> Self:
        """Those of registrars who can assign roles everywhere, without an end."""
        return self.in_force(at).to(Role.REGISTRAR).filter(ends_at=None, organization=None, user__is_active=True)

    def to(self, *roles: Role) -> Self:
        """Those with one of `roles`."""
        return self.filter(role__in=roles)


@pghistory.track()
class RoleAssignment(models.Model):
    """A role of a user at one organization and its branches, or everywhere, up to but not including `ends_at`.

    Start and end are instants and not dates, so that a change of rights takes effect at once.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="role_assignments", verbose_name=_("account"))
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="role_assignments",
        verbose_name=_("at"),
        help_text=_("Its branches are included. Empty: everywhere."),
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("role assignment")
        verbose_name_plural = _("role assignments")
        constraints: ClassVar = [
            plausible_dates("role_assignment", instants=("starts_at", "ends_at")),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_assignment_role_is_known"),
            # Equal instants are allowed: an assignment that was cancelled before its start.
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="role_assignment_ends_after_it_starts",
                violation_error_message=_("The end lies before the start."),
            ),
            # GiST compares ranges only, so the role becomes a number and "everywhere" becomes organization 0.
            ExclusionConstraint(
                name="role_assignment_never_held_twice",
                expressions=[
                    (Point(F("user_id")), RangeOperators.EQUAL),
                    (
                        Point(Case(*(When(role=role, then=Value(number)) for number, role in enumerate(Role.values)))),
                        RangeOperators.EQUAL,
                    ),
                    (Point(Coalesce(F("organization_id"), Value(0))), RangeOperators.EQUAL),
                    (Instants(F("starts_at"), F("ends_at")), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person already holds this role there in that time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}"
