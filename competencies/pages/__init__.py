"""The public pages: all frameworks, one framework's tree, one competency."""

from competencies.pages.competency import competency
from competencies.pages.frameworks import framework, frameworks

__all__ = ["competency", "framework", "frameworks"]
