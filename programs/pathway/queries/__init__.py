"""Reads of a pathway: the tree with what was shown for each requirement, next steps, news."""
