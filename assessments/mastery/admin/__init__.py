"""The desk pages of mastery."""

from assessments.mastery.admin import policies

__all__ = ["policies"]
