"""Signing in, and what one does to one's own account."""
