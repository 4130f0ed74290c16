"""Credentials: signed documents, issuer keys, status, transcripts, verification, sharing, partner API."""
