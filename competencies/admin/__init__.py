"""The admin pages of frameworks, competencies, replacements, scales and imports."""

from competencies.admin import competencies, frameworks, imports, replacements, scales

__all__ = ["competencies", "frameworks", "imports", "replacements", "scales"]
