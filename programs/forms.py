"""Form fields that several desk pages of programs share."""

from typing import Any

from core.desk.widgets import DateInput
from core.forms import DayField
from core.text.dates import DateKind


def day_field(
    label: Any,  # noqa: ANN401 - lazy text
    *,
    required: bool = True,
    help_text: Any = "",  # noqa: ANN401 - as above
    kind: DateKind = DateKind.GENERAL,
) -> DayField:
    """Return a field for a civil date, with the browser's calendar; `kind` decides which dates are plausible."""
    return DayField(kind, label=label, required=required, help_text=help_text, widget=DateInput)
