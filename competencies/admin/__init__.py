"""The desk pages of frameworks, imports and scales."""
