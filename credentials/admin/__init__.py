"""The desk pages of issuers, keys, credentials and transcripts."""

from credentials.admin import credentials, issuers, keys, transcripts

__all__ = ["credentials", "issuers", "keys", "transcripts"]
