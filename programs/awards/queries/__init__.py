"""Reads of awards: what they rest on, their facts for documents, and their replay."""
