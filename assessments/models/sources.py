"""Where evidence comes from: source systems, and the sources that were recorded already."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner
from assessments.models.evidence import Evidence
from assessments.models.submissions import DIGEST
from competencies.models import Competency
from core.database.ledger import SALT_BYTES, AppendOnly, new_salt


class SourceKind(models.TextChoices):
    """What the id of a source names in its system."""

    JUDGEMENT = "judgement", _("assessment of handed-in work")
    RECORD = "record", _("entry by staff")
    IMPORT = "import", _("row of an imported file")
    MESSAGE = "message", _("message of another system")
    BADGE = "badge", _("badge of another issuer")


class SourceSystem(models.Model):
    """A system that evidence comes from: Cairn itself, a learning platform, an examination board.

    `salt` is part of the digests of its ids. It never changes: all sources would look new and be recorded again.
    """

    code = models.CharField(_("code"), max_length=50, unique=True)
    title = models.CharField(_("title"), max_length=200)
    salt = models.BinaryField(max_length=SALT_BYTES, default=new_salt, editable=False)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("source system")
        verbose_name_plural = _("source systems")
        constraints: ClassVar = [
            # Other systems are configured by this code: no capitals or blanks that could be mistyped.
            models.CheckConstraint(condition=Q(code__regex=r"^[a-z][a-z0-9._-]*$"), name="source_system_code_is_one"),
            models.CheckConstraint(condition=~Q(title=""), name="source_system_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


class EvidenceSource(AppendOnly):
    """The id of a row of evidence in its source system; the same source is recorded once.

    Other systems build ids from addresses and names, and this table cannot be erased. It therefore stores a digest of
    the id, salted for each system: who has the id finds the row, nobody can read an id out of it (invariant 19).
    """

    evidence = models.OneToOneField(Evidence, models.PROTECT, related_name="source")
    learner = models.ForeignKey(Learner, models.PROTECT, related_name="evidence_sources")
    # No index of its own: the unique constraint begins with the system.
    system = models.ForeignKey(SourceSystem, models.PROTECT, db_index=False, related_name="sources")
    kind = models.CharField(_("kind"), max_length=20, choices=SourceKind.choices)
    id_digest = models.CharField(_("salted digest of the id there"), max_length=67)
    competency = models.ForeignKey(Competency, models.PROTECT, related_name="evidence_sources")
    revision_number = models.PositiveSmallIntegerField(_("correction"))

    class Meta:
        verbose_name = _("source of evidence")
        verbose_name_plural = _("sources of evidence")
        constraints: ClassVar = [
            # The same source may show several competencies, and may be corrected: then its number grows.
            models.UniqueConstraint(
                fields=["system", "kind", "id_digest", "competency", "revision_number"],
                name="evidence_source_taken_in_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=SourceKind.values), name="evidence_source_kind_is_known"),
            # A plain id could be a name or an address, and could never be erased.
            models.CheckConstraint(condition=Q(id_digest__regex=DIGEST), name="evidence_source_id_is_a_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.system_id}:{self.kind}:{self.id_digest}"
