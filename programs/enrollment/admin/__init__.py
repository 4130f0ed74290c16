"""The desk pages of enrollments and cohorts, and admitting people from a version's page."""

from programs.enrollment.admin import cohorts, enrollments, versions

__all__ = ["cohorts", "enrollments", "versions"]
