"""Decisions about single learners: milestones, recognitions and exceptions, and their withdrawal."""

from programs.decisions.actions.exceptions import grant_exception
from programs.decisions.actions.milestones import record_milestone, save_milestone
from programs.decisions.actions.recognitions import record_recognition
from programs.decisions.actions.withdrawing import withdraw_decision

__all__ = [
    "grant_exception",
    "record_milestone",
    "record_recognition",
    "save_milestone",
    "withdraw_decision",
]
