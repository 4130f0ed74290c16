"""Verifiers that share nothing with what signs: `make verify-external`."""
