"""The printed code of a credential: unique across all learners, in a table of its own."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet
from core.database.ledger import AppendOnly

CODE = r"^[0-9A-HJKMNP-TV-Z]{12}[0-9A-HJKMNP-TV-Z*~$=U]$"


class CredentialCode(AppendOnly):
    """The printed code of one credential."""

    learner = models.ForeignKey(Learner, models.PROTECT, related_name="credential_codes")
    credential = models.OneToOneField("credentials.Credential", models.PROTECT, related_name="code_row")
    code = models.CharField(_("code"), max_length=13)

    objects = LearnerOwnedQuerySet["CredentialCode"].as_manager()

    class Meta:
        verbose_name = _("code of a credential")
        verbose_name_plural = _("codes of credentials")
        constraints: ClassVar = [
            # Codes are random: two writers may draw the same, and the second is refused.
            models.UniqueConstraint(fields=["code"], name="credential_code_is_one"),
            models.CheckConstraint(condition=Q(code__regex=CODE), name="credential_code_is_well_formed"),
        ]

    def __str__(self) -> str:
        return self.code
