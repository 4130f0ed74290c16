"""The rules of frameworks as pure functions."""
