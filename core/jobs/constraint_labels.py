"""What each constraint of jobs says to people when a write breaks it."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.database import constraint_sentences as shared

CONSTRAINTS: Final[Mapping[str, str | Promise]] = {
    "job_lane_is_known": shared.UNKNOWN_CHOICE,
    "job_mode_is_known": shared.UNKNOWN_CHOICE,
    "job_state_is_known": shared.UNKNOWN_CHOICE,
    "job_args_are_ids": shared.CONTRADICTION,
    "job_attempts_are_limited": _("A background task has used up its attempts."),
    "job_running_has_a_run": shared.CONTRADICTION,
    "job_leased_until_when": shared.CONTRADICTION,
    "job_ended_has_an_end": shared.CONTRADICTION,
    "job_that_gave_up_says_why": shared.CONTRADICTION,
    "job_dismissed_gave_up_first": _("Only a failed background task can be dismissed."),
}
