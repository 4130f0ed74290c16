"""Reads about people, organizations and rights."""
