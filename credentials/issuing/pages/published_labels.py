"""The status of a credential in words, for the page at its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credentials.issuing.formats.published_page import ResultLine
from credentials.issuing.rules import CredentialStatus, DatedStatus
from programs.audit.rules.figures import Way
from programs.pathway.labels import way_in_words

_TEXTS: Mapping[CredentialStatus, tuple[Any, str, str]] = {
    CredentialStatus.VALID: (_("It is in force."), "success", "check"),
    CredentialStatus.LAPSED: (_("Its time is over."), "warning", "clock"),
    CredentialStatus.REPLACED: (_("A newer one has replaced it. Ask its holder for that one."), "warning", "history"),
    CredentialStatus.REVOKED: (_("It was revoked and is not valid any more."), "error", "cross"),
    CredentialStatus.UNSIGNED: (_("It is not signed yet."), "warning", "clock"),
}
_WHY: Mapping[str, Any] = {
    "issued_in_error": _("It was issued in error."),
    "rescinded": _("The institution rescinded the award."),
    "key_replaced": _("The key that signed it was replaced."),
    "holders_wish": _("Its holder wished so."),
}


def reached_text(line: ResultLine) -> str:
    """What was reached: a level, or that it is completed; and how, where the competency was not mastered here.

    Where an exception met it, nothing was reached: the act is said alone.
    """
    if line.way in {Way.WAIVED, Way.FORCED}:
        return str(way_in_words(Way(line.way)))
    reached = line.reached or _now("completed")
    return f"{reached} ({way_in_words(Way(line.way))})" if line.way in list(Way) else reached


@dataclass(frozen=True)
class StatusText:
    """The status as a sentence, with the colour and icon of the notice, and since when it applies."""

    text: Any
    kind: str
    icon: str
    why: Any
    since: datetime | None


def status_text(dated: DatedStatus) -> StatusText:
    """The words for the status of a credential."""
    text, kind, icon = _TEXTS[dated.status]
    return StatusText(text, kind, icon, _WHY.get(dated.revocation_class, ""), dated.since)
