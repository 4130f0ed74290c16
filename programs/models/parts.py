"""The roles of organizations in program versions, and of staff in programs."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organization
from core.database.plausible_dates import plausible_dates
from programs.models.programs import Program, ProgramVersion


class OrganizationPart(models.TextChoices):
    """What an organization does for a program version."""

    AWARDING = "awarding", pgettext_lazy("verb", "awards")
    PROVIDER = "provider", _("teaches")
    ASSESSING = "assessing", _("assesses")
    QUALITY_ASSURING = "quality_assuring", _("assures quality")


@pghistory.track()
class OrganizationRole(models.Model):
    """The role of an organization in a program version."""

    version = models.ForeignKey(ProgramVersion, models.PROTECT, related_name="organization_roles")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="program_roles")
    part = models.CharField(_("part"), max_length=20, choices=OrganizationPart.choices)

    class Meta:
        verbose_name = _("part of an organization")
        verbose_name_plural = _("parts of organizations")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "organization", "part"], name="organization_role_stated_once"),
            models.UniqueConstraint(
                fields=["version"], condition=Q(part="awarding"), name="organization_role_one_awards"
            ),
            models.CheckConstraint(
                condition=Q(part__in=OrganizationPart.values), name="organization_role_part_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.get_part_display()}"


@pghistory.track()
class ProgramStaff(models.Model):
    """Limits the roles of a user to single programs. A user without such rows works in all programs.

    When a row ends, its program is taken away and the limit stays: rights never grow by an end. Who works in all
    programs again has the limit lifted from each row.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="program_staff", verbose_name=_("account")
    )
    program = models.ForeignKey(Program, models.PROTECT, related_name="staff", verbose_name=_("program"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    lifted_at = models.DateTimeField(_("limit lifted"), null=True, blank=True)

    class Meta:
        verbose_name = _("program staff")
        verbose_name_plural = _("program staff")
        constraints: ClassVar = [
            plausible_dates("program_staff", instants=("starts_at", "ends_at", "lifted_at")),
            models.UniqueConstraint(
                fields=["user", "program"], condition=Q(ends_at=None), name="program_staff_named_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="program_staff_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None) | Q(ends_at__isnull=False, lifted_at__gte=F("ends_at")),
                name="program_staff_lifted_after_it_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.program}"
