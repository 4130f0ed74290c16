"""Where evidence came from: systems under their code, and what each of them was already taken in for."""

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner
from assessments.models.evidence import Evidence
from assessments.models.submissions import DIGEST
from competencies.models import Competency
from config.base.ledger import AppendOnly

SALT_BYTES = 16


def new_salt() -> bytes:
    """The salt of one row."""
    return secrets.token_bytes(SALT_BYTES)


class SourceKind(models.TextChoices):
    """What the source calls by its id."""

    JUDGEMENT = "judgement", _("judgement of handed-in work")
    RECORD = "record", _("entry by staff")
    IMPORT = "import", _("row of an imported file")
    MESSAGE = "message", _("message of another system")
    BADGE = "badge", _("badge of another issuer")


class SourceSystem(models.Model):
    """A system that evidence comes from: Cairn itself, a learning platform, an examination board.

    `salt` goes into the digests of its ids; it never changes, or everything would be taken in a second time.
    """

    code = models.CharField(_("code"), max_length=50, unique=True)
    title = models.CharField(_("title"), max_length=200)
    salt = models.BinaryField(max_length=SALT_BYTES, default=new_salt, editable=False)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("source system")
        verbose_name_plural = _("source systems")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(code__regex=r"^[a-z][a-z0-9._-]*$"), name="source_system_code_is_one"),
            models.CheckConstraint(condition=~Q(title=""), name="source_system_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


class EvidenceSource(AppendOnly):
    """What a row of evidence is called where it came from; a source is taken in once.

    Other systems make ids of addresses and names, and this table can never be erased: so it holds the id's digest,
    salted per system. Whoever brings the id finds the row; nobody reads an id out of it (invariant 19).
    """

    evidence = models.OneToOneField(Evidence, models.PROTECT, related_name="source")
    learner = models.ForeignKey(Learner, models.PROTECT, related_name="evidence_sources")
    system = models.ForeignKey(SourceSystem, models.PROTECT, db_index=False, related_name="sources")
    kind = models.CharField(_("kind"), max_length=20, choices=SourceKind.choices)
    id_digest = models.CharField(_("salted digest of the id there"), max_length=67)
    competency = models.ForeignKey(Competency, models.PROTECT, related_name="evidence_sources")
    revision_number = models.PositiveSmallIntegerField(_("correction"))

    class Meta:
        verbose_name = _("source of evidence")
        verbose_name_plural = _("sources of evidence")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["system", "kind", "id_digest", "competency", "revision_number"],
                name="evidence_source_taken_in_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=SourceKind.values), name="evidence_source_kind_is_known"),
            models.CheckConstraint(condition=Q(id_digest__regex=DIGEST), name="evidence_source_id_is_a_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.system_id}:{self.kind}:{self.id_digest}"
