"""The transcript, an immutable snapshot of a record (invariant 12); its serial; and PDFs that are kept."""

import json
import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet
from core.database.ledger import AppendOnly
from credentials.models.issuers import DIGEST
from credentials.rules.codes import printed_serial

SERIAL = r"^T[0-9A-HJKMNP-TV-Z]{12}[0-9A-HJKMNP-TV-Z*~$=U]$"


class TranscriptKinds(models.TextChoices):
    """The kinds of credentials.transcripts.rules.TranscriptKind."""

    OFFICIAL = "official", _("official")
    OWN = "own", _("learner's own copy")


class TranscriptQuerySet(LearnerOwnedQuerySet["Transcript"]):
    """Transcripts by kind, and those that are not replaced."""

    def official(self) -> Self:
        """Those that the office made."""
        return self.filter(kind=TranscriptKinds.OFFICIAL)

    def in_force(self) -> Self:
        """Those that no later transcript replaced."""
        return self.filter(successor=None)


class Transcript(models.Model):
    """A snapshot: `content` is the facts as canonical JSON with their `digest`; API, PDF and CLR are made of it alone.

    A trigger lets `content` go to NULL when the retention ends, and refuses any other change. A correction is a new
    transcript that supersedes this one.
    """

    learner = models.ForeignKey(Learner, models.PROTECT, db_index=False, related_name="transcripts")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=TranscriptKinds.choices)
    # One to one: a transcript has one successor at most, whoever corrects it at the same time.
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="successor", verbose_name=_("takes the place of")
    )
    content = models.BinaryField(_("facts"), null=True)
    digest = models.CharField(_("digest"), max_length=67)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    objects = TranscriptQuerySet.as_manager()

    class Meta:
        verbose_name = _("transcript")
        verbose_name_plural = _("transcripts")
        indexes: ClassVar = [models.Index(fields=["learner", "made_at"], name="transcript_of_learner")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=TranscriptKinds.values), name="transcript_kind_is_known"),
            models.CheckConstraint(condition=Q(digest__regex=DIGEST), name="transcript_has_a_digest"),
            models.CheckConstraint(
                condition=Q(supersedes=None) | ~Q(supersedes=F("id")), name="transcript_supersedes_another"
            ),
            models.CheckConstraint(
                condition=Q(content__isnull=False, erased_at=None) | Q(content=None, erased_at__isnull=False),
                name="transcript_erased_at_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def heading(self) -> str:
        """Its name at the desk."""
        return printed_serial(self.serial)

    @property
    def serial(self) -> str:
        """Its serial as it is stored: T, twelve random characters and a check character."""
        return self.serial_row.serial

    @property
    def facts(self) -> dict[str, Any] | None:
        """Its facts; None after its retention."""
        return json.loads(bytes(self.content)) if self.content is not None else None

    if TYPE_CHECKING:
        serial_row: "TranscriptSerial"


class TranscriptSerial(AppendOnly):
    """The serial of one transcript. A table of its own, because serials are unique across all learners."""

    learner = models.ForeignKey(Learner, models.PROTECT, related_name="transcript_serials")
    transcript = models.OneToOneField(Transcript, models.PROTECT, related_name="serial_row")
    serial = models.CharField(_("serial"), max_length=14)

    objects = LearnerOwnedQuerySet["TranscriptSerial"].as_manager()

    class Meta:
        verbose_name = _("serial of a transcript")
        verbose_name_plural = _("serials of transcripts")
        constraints: ClassVar = [
            # Serials are random, as codes are.
            models.UniqueConstraint(fields=["serial"], name="transcript_serial_is_one"),
            models.CheckConstraint(condition=Q(serial__regex=SERIAL), name="transcript_serial_is_well_formed"),
        ]

    def __str__(self) -> str:
        return self.serial


class Printing(models.Model):
    """A PDF of the facts with this digest; it is deleted after a while and made again on request."""

    learner = models.ForeignKey(Learner, models.PROTECT, db_index=False, related_name="printings")
    digest = models.CharField(_("digest of its facts"), max_length=67)
    design = models.CharField(_("version of the design"), max_length=10)
    content = models.BinaryField(_("PDF"))
    made_at = models.DateTimeField(_("made"), db_index=True)

    objects = LearnerOwnedQuerySet["Printing"].as_manager()

    class Meta:
        verbose_name = _("printing")
        verbose_name_plural = _("printings")
        constraints: ClassVar = [
            # The key of the cache; a new design makes new rows.
            models.UniqueConstraint(fields=["learner", "digest", "design"], name="printing_once_per_facts_and_design"),
            models.CheckConstraint(condition=Q(digest__regex=DIGEST), name="printing_has_a_digest"),
        ]

    def __str__(self) -> str:
        return self.digest
