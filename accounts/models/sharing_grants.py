"""Sharing grants, their links, and disclosures. These rows hold no personal text, so that they can be kept as proof."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from accounts.models.learners import Learner, LearnerOwnedQuerySet
from accounts.models.organizations import Organization
from accounts.models.partners import PartnerClient
from accounts.models.subjects import DIGEST, DisclosedKind
from core.database.ledger import AppendOnly
from core.database.plausible_dates import plausible_dates


class SharingPurpose(models.TextChoices):
    """The purposes to which a learner can consent."""

    EMPLOYMENT = "employment", _("employment")
    STUDY = "study", _("study elsewhere")
    LICENSING = "licensing", _("a licence to practise")
    FUNDING = "funding", _("funding")
    PERSONAL = "personal", _("personal")


class DisclosedAct(models.TextChoices):
    """The kind of response that an outsider received."""

    LIST = "list", _("list")
    READ = "read", _("read")
    DOWNLOAD = "download", _("download")
    WEBHOOK = "webhook", _("webhook")


class GrantState(models.TextChoices):
    """Whether a grant opens something; where it does not, why."""

    OPEN = "open", _("open")
    WITHDRAWN = "withdrawn", _("withdrawn")
    ENDED = "ended", _("ended")
    USED_UP = "used_up", _("used up")
    NOT_YET = "not_yet", _("not yet open")


def live_grants(at: datetime, *, path: str = "") -> Q:
    """The grants that open something at the instant `at`, as a condition of the rows that reach them by `path`.

    In SQL what `SharingGrant.state_at` calls open; a test compares the two.
    """
    unused = Q((f"{path}use_limit", None)) | Q((f"{path}use_count__lt", F(f"{path}use_limit")))
    return unused & Q((f"{path}withdrawn_at", None), (f"{path}granted_at__lte", at), (f"{path}expires_at__gt", at))


class SharingGrantQuerySet(LearnerOwnedQuerySet["SharingGrant"]):
    """Grants, live and ended."""

    def live(self, at: datetime) -> Self:
        """Those that allow reading at the instant `at`."""
        return self.filter(live_grants(at))


class SharingGrant(models.Model):
    """A learner's permission to read, for a partner or for everybody who has the link.

    The app credentials stores what the grant covers. A trigger allows only `withdrawn_at` and `use_count` to change.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, related_name="sharing_grants")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sharing_grants",
        help_text=_("Empty: a link."),
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=SharingPurpose.choices)
    consent_digest = models.CharField(max_length=67, help_text=_("Of the words agreed to, with all the grant says."))
    granted_at = models.DateTimeField(_("granted"))
    expires_at = models.DateTimeField(_("until"))
    use_limit = models.PositiveIntegerField(_("how often"), null=True, blank=True)
    use_count = models.PositiveIntegerField(_("used"), default=0)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    objects = SharingGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("sharing grant")
        verbose_name_plural = _("sharing grants")
        # The live grants of a learner.
        indexes: ClassVar = [models.Index(fields=["learner", "expires_at"], name="sharing_grant_of_learner")]
        constraints: ClassVar = [
            plausible_dates("sharing_grant", instants=("expires_at",), unless=Q(withdrawn_at__isnull=False)),
            models.CheckConstraint(
                condition=Q(purpose__in=SharingPurpose.values), name="sharing_grant_purpose_is_known"
            ),
            models.CheckConstraint(
                condition=Q(consent_digest__regex=DIGEST), name="sharing_grant_has_proof_of_consent"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("granted_at")), name="sharing_grant_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("granted_at")),
                name="sharing_grant_withdrawn_after_it_starts",
            ),
            # The last guard against a grant that two simultaneous responses use up.
            models.CheckConstraint(
                condition=Q(use_limit=None) | Q(use_count__lte=F("use_limit")),
                name="sharing_grant_used_within_its_limit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} · {localize(self.granted_at.date())}"

    def state_at(self, at: datetime) -> GrantState:
        """The state at the instant `at`: open from `granted_at` until just before `expires_at`, below its use limit."""
        if self.withdrawn_at is not None:
            return GrantState.WITHDRAWN
        if self.expires_at <= at:
            return GrantState.ENDED
        if self.use_limit is not None and self.use_count >= self.use_limit:
            return GrantState.USED_UP
        return GrantState.OPEN if self.granted_at <= at else GrantState.NOT_YET


class SharingLinkQuerySet(LearnerOwnedQuerySet["SharingLink"]):
    """Links of sharing grants."""


class SharingLink(models.Model):
    """The SHA-256 of the token of a grant that is a link.

    It has a table of its own because the digest is unique across learners, and can be deleted apart from the grant.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, related_name="sharing_links")
    grant = models.OneToOneField(SharingGrant, models.PROTECT, related_name="link")
    token_digest = models.CharField(max_length=64)

    objects = SharingLinkQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token_digest"], name="sharing_link_token_unique"),
            models.CheckConstraint(
                condition=Q(token_digest__regex=r"^[0-9a-f]{64}$"),  # noqa: S106 - a pattern
                name="sharing_link_token_is_hashed",
            ),
        ]

    def __str__(self) -> str:
        return f"link of sharing grant {self.grant_id}"


class DisclosureQuerySet(LearnerOwnedQuerySet["Disclosure"]):
    """Disclosures by recipient."""

    def to(self, organization: Organization) -> Self:
        """The disclosures to one partner."""
        return self.filter(organization=organization)


class Disclosure(AppendOnly):
    """One response to an outsider about one learner, written in the transaction of the response.

    A trigger refuses a row if its grant is not live or belongs to another learner. "304 Not Modified" is recorded too.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, related_name="disclosures")
    grant = models.ForeignKey(SharingGrant, models.PROTECT, related_name="disclosures")
    # PROTECT everywhere: a disclosure is proof and must keep what it names.
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="disclosures")
    client = models.ForeignKey(PartnerClient, models.PROTECT, null=True, related_name="disclosures")
    act = models.CharField(_("act"), max_length=20, choices=DisclosedAct.choices)
    subject_kind = models.CharField(_("of"), max_length=30, choices=DisclosedKind.choices)
    subject_id = models.UUIDField()
    status = models.PositiveSmallIntegerField(_("answered with"))
    content_digest = models.CharField(max_length=67, blank=True)
    disclosed_at = models.DateTimeField(_("when"))

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        indexes: ClassVar = [
            # What a learner sees: who received what, latest first.
            models.Index(fields=["learner", "disclosed_at"], name="disclosure_of_learner"),
            # What an audit of one partner reads.
            models.Index(fields=["organization", "disclosed_at"], name="disclosure_to_organization"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(act__in=DisclosedAct.values), name="disclosure_act_is_known"),
            models.CheckConstraint(
                condition=Q(subject_kind__in=DisclosedKind.values), name="disclosure_subject_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(content_digest="") | Q(content_digest__regex=DIGEST), name="disclosure_digest_is_one"
            ),
            models.CheckConstraint(
                condition=Q(client=None) | Q(organization__isnull=False), name="disclosure_client_has_a_partner"
            ),
        ]

    def __str__(self) -> str:
        return f"disclosure {self.pk}"
