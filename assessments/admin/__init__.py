"""The desk pages of mastery policies, rubrics, assessments and the ledger."""

from assessments.admin import assessments, evidence, policies, rubrics

__all__ = ["assessments", "evidence", "policies", "rubrics"]
