"""The kind of each date field of jobs: what is plausible for it (core/text/dates.py)."""

from collections.abc import Mapping

from core.date_register import recorded
from core.text.dates import DateKind

DATE_KINDS: Mapping[str, DateKind] = {
    **recorded("Job", "run_at", "leased_until", "started_at", "finished_at", "dismissed_at", "created_at"),
}
