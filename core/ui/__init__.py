"""Base templates, components and CSS."""
