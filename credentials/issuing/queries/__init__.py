"""Reads of issuers, keys, credentials, status lists, published documents, and obstacles of signing."""
