"""Decisions of accounts, as pure functions."""
