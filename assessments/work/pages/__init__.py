"""The pages of learners who submit work and of assessors who judge it."""
