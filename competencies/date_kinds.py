"""The kind of each date field of competencies: what is plausible for it (core/text/dates.py)."""

from collections.abc import Mapping

from core.date_register import recorded
from core.text.dates import DateKind

DATE_KINDS: Mapping[str, DateKind] = {
    **recorded("Framework", "imported_at", "published_at"),
    **recorded("ProficiencyScale", "used_at", "retired_at", "made_at"),
    **recorded("Competency", "retired_at"),
    **recorded("CompetencyRevision", "made_at", "used_at", "superseded_at"),
    **recorded("Association", "retired_at"),
    **recorded("Definition", "retired_at"),
    **recorded("CaseImport", "asked_at", "finished_at"),
}
