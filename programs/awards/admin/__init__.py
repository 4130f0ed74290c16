"""The desk pages of awards and of awards to review."""

from programs.awards.admin import awards, reviews

__all__ = ["awards", "reviews"]
