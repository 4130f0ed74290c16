"""What can be done with programs."""

from programs.actions.authoring import (
    Node,
    make_draft,
    make_program,
    move_requirement,
    nest_requirement,
    qualify_requirement,
    remove_requirement,
    rename_program,
    save_requirement,
    set_version_policy,
)
from programs.actions.publishing import ask_to_replace, ask_to_retire, close_version, publish_version, retire_version

__all__ = [
    "Node",
    "ask_to_replace",
    "ask_to_retire",
    "close_version",
    "make_draft",
    "make_program",
    "move_requirement",
    "nest_requirement",
    "publish_version",
    "qualify_requirement",
    "remove_requirement",
    "rename_program",
    "retire_version",
    "save_requirement",
    "set_version_policy",
]
