"""Policies and decisions as JSON, and back."""
