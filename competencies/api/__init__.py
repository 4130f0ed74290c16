"""The CASE 1.1 service: published frameworks, read-only, open to anyone."""
