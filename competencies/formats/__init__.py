"""CASE 1.0 and 1.1 packages: bytes in, facts out, and back."""
