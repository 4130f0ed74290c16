"""Writes: one action is one transaction with one return value."""
