"""The desk pages of programs, versions and achievements, and the workbench of a draft."""

from programs.curriculum.admin import achievements, programs, staff

__all__ = ["achievements", "programs", "staff"]
