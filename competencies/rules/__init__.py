"""Decisions about frameworks, as pure functions."""
