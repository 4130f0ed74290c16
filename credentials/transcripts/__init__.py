"""Transcripts: the immutable facts, their JSON, CLR and PDF, and reading one by link."""
