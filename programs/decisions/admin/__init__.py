"""The desk pages of milestones, recognitions and exceptions."""

from programs.decisions.admin import exceptions, milestones, recognitions

__all__ = ["exceptions", "milestones", "recognitions"]
