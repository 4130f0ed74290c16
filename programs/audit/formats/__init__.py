"""Audits and requirement trees as canonical JSON, and back."""
