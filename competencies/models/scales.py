"""Proficiency scales: the ladders on which a competency can be shown."""

import uuid
from typing import ClassVar

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _


@pghistory.track(pghistory.UpdateEvent())
class ProficiencyScale(models.Model):
    """A named ladder of levels, frozen by trigger once anything was judged or required on it (invariant 7)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    used_at = models.DateTimeField(_("in use since"), null=True, blank=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("proficiency scale")
        verbose_name_plural = _("proficiency scales")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(title=""), name="proficiency_scale_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def in_use(self) -> bool:
        """Whether it is frozen."""
        return self.used_at is not None


class ProficiencyLevel(models.Model):
    """One rung: levels of one scale compare by `rank`, 1 is the lowest."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scale = models.ForeignKey(ProficiencyScale, on_delete=models.PROTECT, related_name="levels")
    rank = models.PositiveSmallIntegerField(_("rank"))
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("proficiency level")
        verbose_name_plural = _("proficiency levels")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scale", "rank"], name="proficiency_level_one_per_rank"),
            models.CheckConstraint(condition=models.Q(rank__gte=1), name="proficiency_level_ranks_from_one"),
            models.CheckConstraint(condition=~models.Q(title=""), name="proficiency_level_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title
