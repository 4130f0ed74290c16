"""The degree audit: what a version asks for, what counts, and the least that is still missing."""
