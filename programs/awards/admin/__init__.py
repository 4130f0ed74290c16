"""The desk pages of awards and of awards to review."""

from programs.awards.admin import awards, moves, reviews

__all__ = ["awards", "moves", "reviews"]
