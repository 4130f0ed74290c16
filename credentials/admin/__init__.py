"""The desk pages of credentials."""

from credentials.admin import transcripts

__all__ = ["transcripts"]
