"""Reads of issuers, keys, credentials, status lists, and what stands in the way of signing."""
