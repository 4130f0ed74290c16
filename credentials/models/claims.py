"""What no two credentials share, across all learners: the printed code and the bit in a status list."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, LearnerOwnedQuerySet
from core.database.ledger import AppendOnly
from credentials.models.statuses import LIST_LENGTH, StatusList

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
            models.UniqueConstraint(fields=["code"], name="credential_code_is_one"),
            models.CheckConstraint(condition=Q(code__regex=CODE), name="credential_code_is_well_formed"),
        ]

    def __str__(self) -> str:
        return self.code


class StatusEntry(AppendOnly):
    """The bit of one credential."""

    learner = models.ForeignKey(Learner, models.PROTECT, related_name="status_entries")
    credential = models.OneToOneField("credentials.Credential", models.PROTECT, related_name="status_entry")
    status_list = models.ForeignKey(StatusList, models.PROTECT, db_index=False, related_name="entries")
    index = models.PositiveIntegerField(_("bit"))

    objects = LearnerOwnedQuerySet["StatusEntry"].as_manager()

    class Meta:
        verbose_name = _("status entry")
        verbose_name_plural = _("status entries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["status_list", "index"], name="status_entry_bit_is_one"),
            models.CheckConstraint(condition=Q(index__lt=LIST_LENGTH), name="status_entry_bit_is_in_the_list"),
        ]

    def __str__(self) -> str:
        return str(self.index)
