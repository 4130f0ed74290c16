"""Reads that compose the apps."""
