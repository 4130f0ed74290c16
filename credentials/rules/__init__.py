"""Decisions of credentials as pure functions: printed codes, what a paper says, how a check is put."""
