"""Awards without a signed credential, as the desk lists them."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from programs.models import Award


class UnsignedAward(Award):
    """An award that waits for its signed credential; a proxy, so that the desk has a page of its own for it."""

    class Meta:
        proxy = True
        verbose_name = _("award without a signed credential")
        verbose_name_plural = _("awards without a signed credential")
        constraints: ClassVar = []
        indexes: ClassVar = []
