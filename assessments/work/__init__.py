"""Assessments, the work that learners submit, and assessment decisions about it."""
