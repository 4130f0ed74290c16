"""Reads of transcripts: the facts of a record as a transcript states them, and transcripts that are stored."""
