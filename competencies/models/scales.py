"""Proficiency scales and their levels."""

import uuid
from typing import ClassVar, Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ProficiencyScaleQuerySet(models.QuerySet["ProficiencyScale"]):
    """Proficiency scales, offered and retired ones."""

    def selectable_for(self, revision: models.Model) -> Self:
        """Those that are not retired, and the one that `revision` (a CompetencyRevision) has already."""
        # Without its own retired scale the form would silently remove the scale.
        return self.filter(Q(retired_at__isnull=True) | Q(revisions=revision)).distinct()


@pghistory.track(pghistory.UpdateEvent())
class ProficiencyScale(models.Model):
    """A named list of ranked levels. A trigger makes it immutable as soon as something refers to it (invariant 7)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    used_at = models.DateTimeField(_("in use since"), null=True, blank=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    made_at = models.DateTimeField(_("made"))

    objects: ClassVar = ProficiencyScaleQuerySet.as_manager()

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
        """Whether something refers to it, so that it cannot change."""
        return self.used_at is not None


class ProficiencyLevel(models.Model):
    """One level. The levels of a scale are compared by `rank`; 1 is the lowest."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scale = models.ForeignKey(ProficiencyScale, on_delete=models.PROTECT, related_name="levels")
    rank = models.PositiveSmallIntegerField(_("rank"))
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("proficiency level")
        verbose_name_plural = _("proficiency levels")
        constraints: ClassVar = [
            # Levels are compared by rank: two equal ranks would be two names for one level.
            models.UniqueConstraint(fields=["scale", "rank"], name="proficiency_level_one_per_rank"),
            models.CheckConstraint(condition=models.Q(rank__gte=1), name="proficiency_level_ranks_from_one"),
            models.CheckConstraint(condition=~models.Q(title=""), name="proficiency_level_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title
