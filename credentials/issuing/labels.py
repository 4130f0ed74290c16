"""What codes of credentials are called, for pages and programs alike: one place, so that both say the same."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from credentials.issuing.rules import Standing

STANDINGS: Mapping[Standing, Any] = {
    Standing.UNSIGNED: _("not signed yet"),
    Standing.VALID: _("valid"),
    Standing.LAPSED: _("lapsed: its time is over"),
    Standing.REPLACED: _("replaced by a newer one"),
    Standing.REVOKED: _("revoked"),
}
