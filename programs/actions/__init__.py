"""What can be done with programs."""

from programs.actions.authoring import (
    Node,
    ask_for_competencies,
    make_draft,
    make_program,
    move_requirement,
    nest_requirement,
    qualify_requirement,
    remove_requirement,
    rename_program,
    save_requirement,
    set_version_policy,
    shift_requirement,
)
from programs.actions.cohorts import save_cohort
from programs.actions.decisions import (
    grant_exception,
    record_milestone,
    record_recognition,
    save_milestone,
    withdraw_decision,
)
from programs.actions.enrolling import change_version, correct_event, enroll, record_event
from programs.actions.enrolling_many import enroll_many, preview_enrollments
from programs.actions.progress import reaudit
from programs.actions.publishing import ask_to_replace, ask_to_retire, close_version, publish_version, retire_version

__all__ = [
    "Node",
    "ask_for_competencies",
    "ask_to_replace",
    "ask_to_retire",
    "change_version",
    "close_version",
    "correct_event",
    "enroll",
    "enroll_many",
    "grant_exception",
    "make_draft",
    "make_program",
    "move_requirement",
    "nest_requirement",
    "preview_enrollments",
    "publish_version",
    "qualify_requirement",
    "reaudit",
    "record_event",
    "record_milestone",
    "record_recognition",
    "remove_requirement",
    "rename_program",
    "retire_version",
    "save_cohort",
    "save_milestone",
    "save_requirement",
    "set_version_policy",
    "shift_requirement",
    "withdraw_decision",
]
