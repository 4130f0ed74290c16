"""The actions on frameworks, competencies, proficiency scales and CASE imports."""

from competencies.actions.declaring_credit import declare_credit
from competencies.actions.import_package import import_package
from competencies.actions.marking import mark_scale_used, mark_used
from competencies.actions.publishing import publish_framework, withdraw_framework
from competencies.actions.replacing import decide_equivalence
from competencies.actions.revising import revise_competency
from competencies.actions.scales import create_scale, edit_scale, retire_scale
from competencies.actions.uploading import cancel_import, check_upload, confirm_import, receive_upload, run_import

__all__ = [
    "cancel_import",
    "check_upload",
    "confirm_import",
    "create_scale",
    "decide_equivalence",
    "declare_credit",
    "edit_scale",
    "import_package",
    "mark_scale_used",
    "mark_used",
    "publish_framework",
    "receive_upload",
    "retire_scale",
    "revise_competency",
    "run_import",
    "withdraw_framework",
]
