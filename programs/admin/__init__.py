"""The desk pages of programs, versions, cohorts, enrollments and decisions about single learners."""

from programs.admin import cohorts, decisions, enrollments, programs, versions

__all__ = ["cohorts", "decisions", "enrollments", "programs", "versions"]
