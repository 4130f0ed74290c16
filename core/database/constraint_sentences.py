"""Sentences that constraints of several apps share; each app maps its constraints to sentences."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

UNKNOWN_CHOICE: Final[str | Promise] = _("One of the choices on the list is needed here.")
SAME_MOMENT: Final[str | Promise] = _(
    "Somebody else changed this at the same moment. Load the page again and repeat it."
)
TITLE_NEEDED: Final[str | Promise] = _("A title is needed.")
NAME_NEEDED: Final[str | Promise] = _("A name is needed.")
IDENTIFIER_NEEDED: Final[str | Promise] = _("An identifier is needed.")
ENDS_BEFORE_START: Final[str | Promise] = _("The end lies before the start.")
NOT_NEGATIVE: Final[str | Promise] = _("The number must be zero or more.")
COUNTS_FROM_ONE: Final[str | Promise] = _("The number must be one or more.")
DATES_IMPLAUSIBLE: Final[str | Promise] = _("A date in it is before 1900 or after 2199. Correct the year.")
CONTRADICTION: Final[str | Promise] = _(
    "The record would contradict itself, so nothing was changed. Tell the people who run Cairn."
)
FROZEN: Final[str | Promise] = _("This is in use and does not change any more. Make a new version instead.")
ALREADY_THERE: Final[str | Promise] = _("This is recorded already.")
ONE_DRAFT: Final[str | Promise] = _("There is a draft already. Finish it, or change that one.")
LEADS_BACK: Final[str | Promise] = _("This would lead back to itself. Choose another one.")
