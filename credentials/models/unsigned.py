"""Awards that no paper is in force of, as the desk lists them."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from programs.models import Award


class UnsignedAward(Award):
    """An award as credentials see it: one that waits for paper."""

    class Meta:
        proxy = True
        verbose_name = _("award without a signed credential")
        verbose_name_plural = _("awards without a signed credential")
        constraints: ClassVar = []
        indexes: ClassVar = []
