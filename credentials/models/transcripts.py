"""The transcript: an immutable snapshot of a record (invariant 12), stored as its facts."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models.documents import Document, DocumentKind, DocumentsByState
from credentials.rules.codes import printed_serial


class TranscriptKinds(models.TextChoices):
    """The kinds of credentials.transcripts.rules.TranscriptKind."""

    OFFICIAL = "official", _("official")
    OWN = "own", _("learner's own copy")


class TranscriptQuerySet(DocumentsByState["Transcript"]):
    """Transcripts by state."""


_Transcripts = models.Manager.from_queryset(TranscriptQuerySet)


class TranscriptManager(_Transcripts["Transcript"]):
    """Documents of the kind *transcript*."""

    def get_queryset(self) -> TranscriptQuerySet:
        """The transcripts among the documents."""
        return TranscriptQuerySet(self.model, using=self._db).filter(kind=DocumentKind.TRANSCRIPT)


class Transcript(Document):
    """A document of the kind *transcript*: its content is the facts as canonical JSON, stored without a signature.

    API, PDF and, later, a CLR are made of the facts alone. A correction is a new transcript that supersedes this one.
    """

    objects: ClassVar[TranscriptManager] = TranscriptManager()  # type: ignore[assignment]  # narrower than Document's

    class Meta:
        proxy = True
        verbose_name = _("transcript")
        verbose_name_plural = _("transcripts")
        constraints: ClassVar = []
        indexes: ClassVar = []

    @property
    def heading(self) -> str:
        """Its name at the desk."""
        return printed_serial(self.serial)

    @property
    def serial(self) -> str:
        """Its code as it is stored: T, twelve random characters and a check character."""
        return self.code

    @property
    def transcript_kind(self) -> TranscriptKinds:
        """Whether the office made it, or the learner for themselves."""
        return TranscriptKinds.OFFICIAL if self.official else TranscriptKinds.OWN
