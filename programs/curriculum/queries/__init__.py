"""Reads of programs for authors: a draft's outline and findings, what publishing changes, what is awarded."""
