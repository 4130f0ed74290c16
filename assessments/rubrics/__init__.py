"""Rubrics: criteria, levels, revisions."""
