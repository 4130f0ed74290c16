"""What can be done with programs."""

from programs.actions.achievements import Terms, publish_achievement, set_achievement
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
from programs.actions.awards import (
    ask_to_rescind,
    decline_award,
    erase_name,
    grant_award,
    lapse_due,
    propose_award,
    renew_award,
    rescind_award,
)
from programs.actions.cohorts import save_cohort
from programs.actions.concerns import look_for_doubles, settle_concern
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
    "Terms",
    "ask_for_competencies",
    "ask_to_replace",
    "ask_to_rescind",
    "ask_to_retire",
    "change_version",
    "close_version",
    "correct_event",
    "decline_award",
    "enroll",
    "enroll_many",
    "erase_name",
    "grant_award",
    "grant_exception",
    "lapse_due",
    "look_for_doubles",
    "make_draft",
    "make_program",
    "move_requirement",
    "nest_requirement",
    "preview_enrollments",
    "propose_award",
    "publish_achievement",
    "publish_version",
    "qualify_requirement",
    "reaudit",
    "record_event",
    "record_milestone",
    "record_recognition",
    "remove_requirement",
    "rename_program",
    "renew_award",
    "rescind_award",
    "retire_version",
    "save_cohort",
    "save_milestone",
    "save_requirement",
    "set_achievement",
    "set_version_policy",
    "settle_concern",
    "shift_requirement",
    "withdraw_decision",
]
