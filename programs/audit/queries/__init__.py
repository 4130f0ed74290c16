"""Reads that turn rows into what the audit takes, and run it."""
