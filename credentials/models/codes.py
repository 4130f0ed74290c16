"""The printed code or serial of a document: unique across all learners and kinds, in a table of its own."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet
from core.database.ledger import AppendOnly

# Twelve characters and their check character; a transcript's serial has a T before them, which makes it one longer, so
# that no code of a badge is ever also a serial.
CODE = r"^T?[0-9A-HJKMNP-TV-Z]{12}[0-9A-HJKMNP-TV-Z*~$=U]$"


class DocumentCode(AppendOnly):
    """The printed code of one document, or its serial."""

    learner = models.ForeignKey(Learner, models.PROTECT, related_name="document_codes")
    document = models.OneToOneField("credentials.Document", models.PROTECT, related_name="code_row")
    code = models.CharField(_("code"), max_length=14)

    objects = LearnerOwnedQuerySet["DocumentCode"].as_manager()

    class Meta:
        verbose_name = _("code of a document")
        verbose_name_plural = _("codes of documents")
        constraints: ClassVar = [
            # Codes are random: two writers may draw the same, and the second is refused.
            models.UniqueConstraint(fields=["code"], name="document_code_is_one"),
            models.CheckConstraint(condition=Q(code__regex=CODE), name="document_code_is_well_formed"),
        ]

    def __str__(self) -> str:
        return self.code
