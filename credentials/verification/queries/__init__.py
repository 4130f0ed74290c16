"""Reads of verification: what is ours, and the answer about what somebody presents."""
