"""The desk pages of programs, versions, cohorts, enrollments, decisions about single learners, and awards."""

from programs.admin import achievements, awards, cohorts, decisions, enrollments, programs, versions

__all__ = ["achievements", "awards", "cohorts", "decisions", "enrollments", "programs", "versions"]
