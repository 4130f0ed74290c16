"""The desk pages of mastery policies, rubrics, assessments and evidence."""

from assessments.admin import assessments, evidence, policies, rubrics

__all__ = ["assessments", "evidence", "policies", "rubrics"]
