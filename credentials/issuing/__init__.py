"""Issuers and their keys; preparing, signing, revoking and publishing credentials."""
