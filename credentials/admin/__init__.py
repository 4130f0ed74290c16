"""The desk pages of issuers, keys, credentials, transcripts, and of awards that wait for paper."""

from credentials.admin import credentials, issuers, keys, transcripts, unsigned

__all__ = ["credentials", "issuers", "keys", "transcripts", "unsigned"]
