"""The credential: one signed document about an award, its exact bytes, and how it ended."""

import json
import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet
from credentials.models.issuers import DIGEST, Issuer, IssuerKey
from credentials.rules.codes import in_groups
from programs.models import Award

if TYPE_CHECKING:
    from credentials.models.codes import CredentialCode
    from credentials.models.statuses import StatusEntry, StatusList


class CredentialState(models.TextChoices):
    """The states of a credential; a voided one was prepared and never signed."""

    PREPARED = "prepared", _("being signed")
    SIGNED = "signed", _("in force")
    SUPERSEDED = "superseded", _("replaced")
    REVOKED = "revoked", _("revoked")
    VOIDED = "voided", _("never signed")


class IssueReason(models.TextChoices):
    """Why a credential was issued."""

    FIRST = "first", _("the award")
    RENEWAL = "renewal", _("renewal")
    NAME = "name", _("a new name")
    CORRECTION = "correction", _("a correction")
    KEY_REPLACED = "key_replaced", _("a new signing key")


class RevocationClass(models.TextChoices):
    """Why a credential is not valid, as everybody may know; RevocationBody has the private reason."""

    REPLACED = "replaced", _("replaced by a newer one")
    ISSUED_IN_ERROR = "issued_in_error", _("issued in error")
    RESCINDED = "rescinded", _("the award was taken back")
    KEY_REPLACED = "key_replaced", _("the signing key was replaced")
    HOLDERS_WISH = "holders_wish", _("the holder wished so")


REPLACING = (RevocationClass.REPLACED.value, RevocationClass.KEY_REPLACED.value)
REVOKING = tuple(value for value in RevocationClass.values if value != RevocationClass.REPLACED.value)
PUBLISHED = (CredentialState.SIGNED, CredentialState.SUPERSEDED, CredentialState.REVOKED)


class CredentialQuerySet(LearnerOwnedQuerySet["Credential"]):
    """Credentials by state."""

    def prepared(self) -> Self:
        """Those that wait for their signature."""
        return self.filter(state=CredentialState.PREPARED)

    def signed(self) -> Self:
        """Those in force."""
        return self.filter(state=CredentialState.SIGNED)

    def published(self) -> Self:
        """Those that were signed, also replaced and revoked ones."""
        return self.filter(state__in=PUBLISHED)

    def ended(self) -> Self:
        """Those that were replaced or revoked: their bit in the status list is set."""
        return self.filter(state__in=[CredentialState.SUPERSEDED, CredentialState.REVOKED])

    def whole(self) -> Self:
        """With issuer, key, code and status list, in the same query."""
        return self.select_related("issuer", "key__issuer", "code_row", "status_entry__status_list__issuer")

    def checkable(self) -> Self:
        """Published ones with the rows that a check by code or link reads, in one query without large columns."""
        joined = self.published().select_related("issuer", "key", "award__achievement_version")
        return joined.select_related("award__achievement__organization").defer(
            "content", "prepared", "key__sealed", "award__decision", "award__achievement_version__content"
        )


class Credential(models.Model):
    """One signed document about an award.

    A trigger refuses any change of what was prepared and signed (invariant 10), and lets the state only go forward
    (invariant 11). `content` is the exact UTF-8 that was signed, and `name` the name that it states. Both go to NULL
    when the retention ends, and the digests stay. `prepared` is the document with its proof options until it is signed.
    """

    # No index of its own: credential_of_learner begins with the learner.
    learner = models.ForeignKey(Learner, models.PROTECT, db_index=False, related_name="credentials")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    award = models.ForeignKey(Award, models.PROTECT, related_name="credentials", verbose_name=_("award"))
    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="credentials", verbose_name=_("issuer"))
    key = models.ForeignKey(IssuerKey, models.PROTECT, related_name="credentials", verbose_name=_("signing key"))
    state = models.CharField(
        _("state"), max_length=12, choices=CredentialState.choices, default=CredentialState.PREPARED
    )
    reason = models.CharField(_("issued for"), max_length=12, choices=IssueReason.choices)
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="successors", verbose_name=_("replaces")
    )
    name = models.CharField(_("name on it"), max_length=300, null=True)  # noqa: DJ001 - NULL is erased, not empty
    salt = models.BinaryField()
    name_digest = models.CharField(max_length=67)
    prepared = models.JSONField(null=True)
    content = models.BinaryField(null=True)
    digest = models.CharField(_("digest"), max_length=67, blank=True)
    prepared_at = models.DateTimeField(_("prepared"))
    issued_at = models.DateTimeField(_("issued"))
    signed_at = models.DateTimeField(_("signed"), null=True)
    superseded_at = models.DateTimeField(_("replaced"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("revoked by")
    )
    revocation_class = models.CharField(
        _("why it holds no more"), max_length=16, blank=True, choices=RevocationClass.choices
    )
    notified_at = models.DateTimeField(_("told"), null=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        # The record page reads the credentials of a learner in the order of their issue.
        indexes: ClassVar = [models.Index(fields=["learner", "issued_at"], name="credential_of_learner")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=CredentialState.values), name="credential_state_is_known"),
            models.CheckConstraint(condition=Q(reason__in=IssueReason.values), name="credential_reason_is_known"),
            # Two jobs may prepare or sign at once: these three keep one credential in force, whoever forgets the lock.
            models.UniqueConstraint(
                fields=["learner", "award"], condition=Q(state="signed"), name="credential_one_signed_per_award"
            ),
            models.UniqueConstraint(
                fields=["learner", "award"], condition=Q(state="prepared"), name="credential_one_prepared_per_award"
            ),
            models.UniqueConstraint(
                fields=["supersedes"], condition=~Q(state="voided"), name="credential_superseded_by_one"
            ),
            models.CheckConstraint(
                condition=Q(supersedes=None) | ~Q(supersedes=F("id")), name="credential_replaces_another"
            ),
            models.CheckConstraint(condition=Q(name_digest__regex=DIGEST), name="credential_name_has_a_digest"),
            # `content` may be NULL in a signed state: it is erased after the retention, and the digest stays.
            models.CheckConstraint(
                condition=Q(state="prepared", prepared__isnull=False, content=None, digest="", signed_at=None)
                | Q(state="voided", prepared=None, content=None, digest="", signed_at=None)
                | Q(
                    state__in=["signed", "superseded", "revoked"],
                    prepared=None,
                    digest__regex=DIGEST,
                    signed_at__isnull=False,
                ),
                name="credential_signed_with_its_digest",
            ),
            models.CheckConstraint(
                condition=Q(state="superseded", superseded_at__isnull=False, revocation_class__in=REPLACING)
                | Q(state="revoked", revoked_at__isnull=False, revocation_class__in=REVOKING)
                | Q(
                    state__in=["prepared", "signed", "voided"],
                    superseded_at=None,
                    revoked_at=None,
                    revocation_class="",
                ),
                name="credential_end_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(revoked_by=None) | Q(state="revoked"), name="credential_revoked_by_someone"
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def heading(self) -> str:
        """Its name at the desk."""
        return f"{self.award.achievement_version.title} · {in_groups(self.code)}"

    @property
    def url(self) -> str:
        """Its identifier and address; they never change, because the signed document states them."""
        return f"{self.issuer.origin}/credentials/{self.public_id}"

    @property
    def code(self) -> str:
        """The printed code: twelve random characters and one that checks them."""
        return self.code_row.code

    @property
    def status_list(self) -> "StatusList":
        """The list that says whether it was revoked or replaced."""
        return self.status_entry.status_list

    @property
    def status_index(self) -> int:
        """Its bit in that list."""
        return self.status_entry.index

    @property
    def document(self) -> dict[str, Any] | None:
        """The signed document; None before signing and after its retention."""
        return json.loads(bytes(self.content)) if self.content is not None else None

    if TYPE_CHECKING:
        code_row: CredentialCode
        status_entry: StatusEntry


class RevocationBody(models.Model):
    """The private reason of a revocation; a trigger lets `content` only go to NULL."""

    credential = models.OneToOneField(Credential, models.PROTECT, related_name="revocation_body")
    content = models.TextField(_("reason"), null=True, max_length=2000)  # noqa: DJ001 - NULL is erased, not empty
    erased_at = models.DateTimeField(_("erased"), null=True)

    class Meta:
        verbose_name = _("reason of a revocation")
        verbose_name_plural = _("reasons of revocations")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(content__isnull=False, erased_at=None) | Q(content=None, erased_at__isnull=False),
                name="revocation_body_erased_at_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
