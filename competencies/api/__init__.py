"""The CASE service: published frameworks, read-only, open to anyone."""
