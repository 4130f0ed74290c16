"""The public pages: all frameworks, one framework's tree, one branch of it, one competency."""

from competencies.pages.competency import competency
from competencies.pages.frameworks import branch, framework, frameworks

__all__ = ["branch", "competency", "framework", "frameworks"]
