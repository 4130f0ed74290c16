"""The pages of learners who hand in work and of assessors who judge it."""
