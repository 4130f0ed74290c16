"""Reads of assessments, submissions and what waits for a decision."""
