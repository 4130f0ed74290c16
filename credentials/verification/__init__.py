"""Checking a credential: by code, link, file or text; ours and others'."""
