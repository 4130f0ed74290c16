"""The desk pages of assessments, room by room; the admin site finds them here."""

from assessments.evidence import admin as evidence
from assessments.mastery import admin as mastery
from assessments.rubrics import admin as rubrics
from assessments.work import admin as work

__all__ = ["evidence", "mastery", "rubrics", "work"]
