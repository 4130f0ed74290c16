"""The document: what was signed or stored about a learner, its exact bytes, and how it ended; whatever its kind."""

import json
import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet
from credentials.models.issuers import DIGEST, Issuer, IssuerKey
from programs.models import Award

if TYPE_CHECKING:
    from credentials.models.codes import DocumentCode
    from credentials.models.statuses import StatusEntry, StatusList


class DocumentKind(models.TextChoices):
    """The kinds of documents. Only a badge is about one award; of the others so far only transcripts are made."""

    BADGE = "badge", _("credential")
    TRANSCRIPT = "transcript", _("transcript")
    STATEMENT = "statement", _("statement")
    LETTER = "letter", _("letter")
    CLR = "clr", _("comprehensive learner record")


class DocumentState(models.TextChoices):
    """The states of a document; a voided one was prepared and never signed, a stored one is in force unsigned."""

    PREPARED = "prepared", _("being signed")
    SIGNED = "signed", _("in force")
    STORED = "stored", _("in force, not signed")
    SUPERSEDED = "superseded", _("replaced")
    REVOKED = "revoked", _("revoked")
    VOIDED = "voided", _("never signed")


class IssueReason(models.TextChoices):
    """Why a document was issued."""

    FIRST = "first", _("the award")
    RENEWAL = "renewal", _("renewal")
    NAME = "name", _("a new name")
    CORRECTION = "correction", _("a correction")
    KEY_REPLACED = "key_replaced", _("a new signing key")


class RevocationClass(models.TextChoices):
    """Why a document is not valid, as everybody may know; RevocationBody has the private reason."""

    REPLACED = "replaced", _("replaced by a newer one")
    ISSUED_IN_ERROR = "issued_in_error", _("issued in error")
    RESCINDED = "rescinded", _("the award was rescinded")
    KEY_REPLACED = "key_replaced", _("the signing key was replaced")
    HOLDERS_WISH = "holders_wish", _("the holder wished so")


OF_AN_AWARD = (DocumentKind.BADGE.value,)
ALWAYS_SIGNED = (DocumentKind.BADGE.value, DocumentKind.CLR.value)
IN_FORCE = (DocumentState.SIGNED.value, DocumentState.STORED.value)
ENDED = (DocumentState.SUPERSEDED.value, DocumentState.REVOKED.value)
PUBLISHED = (*IN_FORCE, *ENDED)
REPLACING = (RevocationClass.REPLACED.value, RevocationClass.KEY_REPLACED.value)
REVOKING = tuple(value for value in RevocationClass.values if value != RevocationClass.REPLACED.value)

_Row = TypeVar("_Row", bound="Document")


class DocumentsByState(LearnerOwnedQuerySet[_Row], Generic[_Row]):
    """Documents by state, for every kind of them."""

    def prepared(self) -> Self:
        """Those that wait for their signature."""
        return self.filter(state=DocumentState.PREPARED)

    def in_force(self) -> Self:
        """Those that were signed or stored, and neither replaced nor revoked since."""
        return self.filter(state__in=IN_FORCE)

    def published(self) -> Self:
        """Those that were signed or stored, also replaced and revoked ones."""
        return self.filter(state__in=PUBLISHED)

    def ended(self) -> Self:
        """Those that were replaced or revoked: their bit in the status list is set, where they have one."""
        return self.filter(state__in=ENDED)

    def checkable(self) -> Self:
        """Published ones with the rows that a check by code or link reads, in one query without large columns."""
        joined = self.published().select_related("issuer", "key", "award__achievement_version")
        return joined.select_related("award__achievement__organization").defer(
            "content", "prepared", "key__sealed", "award__decision", "award__achievement_version__content"
        )


class DocumentQuerySet(DocumentsByState["Document"]):
    """Documents of every kind."""


class Document(models.Model):
    """One document about a learner: prepared and signed, or stored unsigned; later perhaps replaced or revoked.

    A trigger refuses any change of what was prepared, signed and stored (invariants 10 and 12), and lets the state only
    go forward (invariant 11). `content` is the exact bytes that were signed or stored, and `name` the name that goes
    with them where they do not carry it themselves. Both go to NULL when the retention ends, and the digests stay.
    `prepared` is the document with its proof options until it is signed.

    `Credential` and `Transcript` are views of this table, one kind each.
    """

    # No index of its own: document_of_learner begins with the learner.
    learner = models.ForeignKey(Learner, models.PROTECT, db_index=False, related_name="documents")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=DocumentKind.choices)
    official = models.BooleanField(_("official"), default=True)
    # A copy in which the holder asked to be named. None is made yet; the constraints know it, see decision 0023.
    holder_bound = models.BooleanField(_("names its holder"), default=False)
    award = models.ForeignKey(
        Award, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("award")
    )
    issuer = models.ForeignKey(
        Issuer, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("issuer")
    )
    key = models.ForeignKey(
        IssuerKey, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("signing key")
    )
    state = models.CharField(_("state"), max_length=12, choices=DocumentState.choices, default=DocumentState.PREPARED)
    reason = models.CharField(_("issued for"), max_length=12, choices=IssueReason.choices)
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="successors", verbose_name=_("replaces")
    )
    name = models.CharField(_("name on it"), max_length=300, null=True)  # noqa: DJ001 - NULL is erased, not empty
    salt = models.BinaryField(null=True)
    name_digest = models.CharField(max_length=67, blank=True)
    prepared = models.JSONField(null=True)
    content = models.BinaryField(null=True)
    digest = models.CharField(_("digest"), max_length=67, blank=True)
    prepared_at = models.DateTimeField(_("prepared"), null=True)
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    signed_at = models.DateTimeField(_("signed"), null=True)
    superseded_at = models.DateTimeField(_("replaced"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("revoked by")
    )
    revocation_class = models.CharField(
        _("why it is not valid any more"), max_length=16, blank=True, choices=RevocationClass.choices
    )
    notified_at = models.DateTimeField(_("holder notified"), null=True)
    erased_at = models.DateTimeField(_("erased"), null=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        # The record page reads the documents of a learner in the order of their issue.
        indexes: ClassVar = [models.Index(fields=["learner", "issued_at"], name="document_of_learner")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=DocumentKind.values), name="document_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=DocumentState.values), name="document_state_is_known"),
            models.CheckConstraint(condition=Q(reason__in=IssueReason.values), name="document_reason_is_known"),
            models.CheckConstraint(
                condition=Q(kind__in=OF_AN_AWARD, award__isnull=False)
                | (~Q(kind__in=OF_AN_AWARD) & Q(award=None, holder_bound=False)),
                name="document_has_an_award_by_its_kind",
            ),
            # Two jobs may prepare or sign at once: these three keep one document in force, whoever forgets the lock.
            # Rows without an award are distinct from each other here, so that they are not limited.
            models.UniqueConstraint(
                fields=["learner", "award", "kind", "holder_bound"],
                condition=Q(state="signed"),
                name="document_one_signed_per_award",
            ),
            models.UniqueConstraint(
                fields=["learner", "award", "kind", "holder_bound"],
                condition=Q(state="prepared"),
                name="document_one_prepared_per_award",
            ),
            models.UniqueConstraint(
                fields=["supersedes"], condition=~Q(state="voided"), name="document_superseded_by_one"
            ),
            models.CheckConstraint(
                condition=Q(supersedes=None) | ~Q(supersedes=F("id")), name="document_replaces_another"
            ),
            # The salt stays when the name is erased: whoever knows the name can still prove it by the digest.
            models.CheckConstraint(
                condition=Q(name_digest__regex=DIGEST, salt__isnull=False)
                | (~Q(kind="badge") & Q(name=None, salt=None, name_digest="")),
                name="document_name_has_a_digest",
            ),
            models.CheckConstraint(
                condition=Q(issuer__isnull=False, key__isnull=False, prepared_at__isnull=False)
                | (~Q(kind__in=ALWAYS_SIGNED) & Q(issuer=None, key=None, prepared_at=None)),
                name="document_signer_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="prepared", key__isnull=False, prepared__isnull=False, digest="", signed_at=None)
                | Q(state="voided", key__isnull=False, prepared=None, digest="", signed_at=None)
                | Q(
                    state__in=["signed", *ENDED],
                    key__isnull=False,
                    prepared=None,
                    digest__regex=DIGEST,
                    signed_at__isnull=False,
                )
                | Q(state__in=["stored", *ENDED], key=None, prepared=None, digest__regex=DIGEST, signed_at=None),
                name="document_digest_fits_its_state",
            ),
            # The bytes go when the retention ends, and the digest stays.
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "voided"], content=None, erased_at=None)
                | Q(state__in=PUBLISHED, content__isnull=False, erased_at=None)
                | Q(state__in=PUBLISHED, content=None, erased_at__isnull=False),
                name="document_erased_at_an_instant",
            ),
            models.CheckConstraint(
                condition=Q(state="superseded", superseded_at__isnull=False, revocation_class__in=REPLACING)
                | Q(state="revoked", revoked_at__isnull=False, revocation_class__in=REVOKING)
                | Q(
                    state__in=["prepared", "voided", *IN_FORCE],
                    superseded_at=None,
                    revoked_at=None,
                    revocation_class="",
                ),
                name="document_end_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(revoked_by=None) | Q(state="revoked"), name="document_revoked_by_someone"
            ),
        ]

    def __str__(self) -> str:
        return self.code or str(self._meta.verbose_name)

    @property
    def url(self) -> str:
        """The identifier and address of a signed document, which states them; empty for one that is stored unsigned."""
        return f"{self.issuer.origin}/credentials/{self.public_id}" if self.issuer else ""

    @property
    def code(self) -> str:
        """The printed code or serial as it is stored: it ends with a character that checks the others."""
        return self.code_row.code

    @property
    def status_list(self) -> "StatusList":
        """The list that says whether a signed document was revoked or replaced."""
        return self.status_entry.status_list

    @property
    def status_index(self) -> int:
        """The bit of a signed document in that list."""
        return self.status_entry.index

    @property
    def facts(self) -> dict[str, Any] | None:
        """The signed or stored JSON; None before signing and after the retention."""
        return json.loads(bytes(self.content)) if self.content is not None else None

    if TYPE_CHECKING:
        code_row: DocumentCode
        status_entry: StatusEntry


class RevocationBody(models.Model):
    """The private reason of a revocation; a trigger lets `content` only go to NULL."""

    document = models.OneToOneField(Document, models.PROTECT, related_name="revocation_body")
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
