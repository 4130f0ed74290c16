"""Writes about people, organizations and rights. One action is one transaction and has one return value."""
