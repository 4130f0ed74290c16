"""The institution, its branches, and its partners."""

import uuid
import zoneinfo
from typing import ClassVar, Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

# UNION and not UNION ALL: the query ends even if the tree has a ring.
PATH = """
    WITH RECURSIVE up AS (
        SELECT id, parent_id FROM accounts_organization WHERE id = %s
        UNION
        SELECT parent.id, parent.parent_id FROM accounts_organization parent JOIN up ON parent.id = up.parent_id
    )
    SELECT id, parent_id FROM up
"""

language_tag = RegexValidator(
    r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", _("Write a language as a BCP 47 tag, such as en, de-AT or zh-Hant.")
)
domain = RegexValidator(r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", _("Write a domain in small letters, such as example.edu."))


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless the IANA database has the time zone."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("%(name)s is no IANA time zone; write one such as Europe/Vienna."), params={"name": name}
        )


class OrganizationKind(models.TextChoices):
    """Whether an organization belongs to the institution."""

    OURS = "ours", _("ours")
    PARTNER = "partner", _("partner")


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Organizations by kind and place in the tree."""

    def ours(self) -> Self:
        """The institution and its branches."""
        return self.filter(kind=OrganizationKind.OURS)

    def partners(self) -> Self:
        """The partners outside the institution."""
        return self.filter(kind=OrganizationKind.PARTNER)

    def root(self) -> "Organization":
        """The institution itself; raises Organization.DoesNotExist before it has been set up."""
        return self.ours().get(parent=None)

    def path_ids(self, organization_id: int) -> frozenset[int]:
        """The ids of the organization and of all its ancestors."""
        return frozenset(row.pk for row in self.raw(PATH, [organization_id]))


@pghistory.track()
class Organization(models.Model):  # type: ignore[django-manager-missing]  # as User, for PartnerClient
    """The institution, a branch, or a partner. Its time zone decides on which civil date it acts.

    The tree is guarded by a trigger (migration 0002_guards): no rings, and branches have the kind of their parent.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=300)
    address = models.TextField(_("address"), blank=True, max_length=2000)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="branches", verbose_name=_("branch of")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=OrganizationKind.choices)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    languages = ArrayField(
        models.CharField(max_length=35, validators=[language_tag]),
        verbose_name=_("languages"),
        default=list,
        blank=True,
    )
    email_domains = ArrayField(
        models.CharField(max_length=253, validators=[domain]),
        verbose_name=_("e-mail domains"),
        default=list,
        blank=True,
        help_text=_("Addresses here end with the school; they cannot serve to recover an account."),
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints: ClassVar = [
            # Among the rows of this condition `kind` is always the same: at most one row can satisfy it.
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(kind=OrganizationKind.OURS, parent=None),
                name="organization_one_root_of_ours",
                violation_error_message=_("There is already a root organization; make this one a branch of it."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=OrganizationKind.values), name="organization_kind_is_known"
            ),
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="organization_has_a_name"),
            models.CheckConstraint(condition=~models.Q(time_zone=""), name="organization_has_a_time_zone"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The time zone as an object."""
        return zoneinfo.ZoneInfo(self.time_zone)
