"""Checks and the verdict they add up to."""
