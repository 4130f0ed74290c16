"""Enrolling, events and corrections, cohorts."""
