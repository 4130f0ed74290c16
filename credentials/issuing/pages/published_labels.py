"""Where a credential stands, in words for whoever opens its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from credentials.issuing.rules import Standing, Stands

_SAID: Mapping[Standing, tuple[Any, str, str]] = {
    Standing.VALID: (_("It is in force."), "success", "check"),
    Standing.LAPSED: (_("Its time is over."), "warning", "clock"),
    Standing.REPLACED: (_("A newer one has replaced it. Ask its holder for that one."), "warning", "history"),
    Standing.REVOKED: (_("It was revoked and holds no more."), "error", "cross"),
    Standing.UNSIGNED: (_("It is not signed yet."), "warning", "clock"),
}
_WHY: Mapping[str, Any] = {
    "issued_in_error": _("It was issued in error."),
    "rescinded": _("The institution took the award back."),
    "key_replaced": _("The key that signed it was replaced."),
    "holders_wish": _("Its holder wished so."),
}


@dataclass(frozen=True)
class StandingWords:
    """The sentence, how it looks, and since when it is true."""

    text: Any
    kind: str
    icon: str
    why: Any
    since: datetime | None


def standing_words(stands: Stands) -> StandingWords:
    """The words for where a credential stands."""
    text, kind, icon = _SAID[stands.standing]
    return StandingWords(text, kind, icon, _WHY.get(stands.why, ""), stands.since)
