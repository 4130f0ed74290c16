"""Tests of issuing, keys, status lists and verification."""
