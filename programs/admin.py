"""The desk pages of programs, room by room; the admin site finds them here."""

from programs.awards import admin as awards
from programs.curriculum import admin as curriculum
from programs.decisions import admin as decisions
from programs.enrollment import admin as enrollment

__all__ = ["awards", "curriculum", "decisions", "enrollment"]
