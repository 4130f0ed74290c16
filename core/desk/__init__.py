"""The registrar's desk: the one ModelAdmin base and the admin site it stands on.

The names are loaded when they are first asked for: this package is imported before the apps that the admin needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.desk.inlines import DeskInline
    from core.desk.model_admin import DeskAdmin
    from core.desk.saving import SavingForm, reason_field
    from core.desk.sidebar import SidebarEntry, add_sidebar_entry
    from core.desk.verbs import ReasonForm, VerbForm, desk_action

__all__ = [
    "DeskAdmin",
    "DeskInline",
    "ReasonForm",
    "SavingForm",
    "SidebarEntry",
    "VerbForm",
    "add_sidebar_entry",
    "desk_action",
    "reason_field",
]

_HOMES = {
    "DeskAdmin": "model_admin",
    "DeskInline": "inlines",
    "ReasonForm": "verbs",
    "SavingForm": "saving",
    "SidebarEntry": "sidebar",
    "VerbForm": "verbs",
    "add_sidebar_entry": "sidebar",
    "desk_action": "verbs",
    "reason_field": "saving",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
