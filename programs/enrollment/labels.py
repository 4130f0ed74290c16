"""Texts for enrollment: states, events, faults of a list, and refusals."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from programs import labels
from programs.enrollment.formats import RowFault
from programs.errors import RowsRefusedError
from programs.rules.enrollment import EnrollmentState, EventKind

STATES: Mapping[EnrollmentState, str | Promise] = {
    EnrollmentState.NONE: _("not admitted yet"),
    EnrollmentState.ADMITTED: _("admitted"),
    EnrollmentState.ACTIVE: _("active"),
    EnrollmentState.PAUSED: _("paused"),
    EnrollmentState.WITHDRAWN: _("withdrawn"),
    EnrollmentState.DISMISSED: _("dismissed"),
    EnrollmentState.COMPLETED: _("completed"),
}


EVENTS: Mapping[str, str | Promise] = {
    EventKind.ADMIT: _("admitted"),
    EventKind.START: _("started"),
    EventKind.PAUSE: _("paused"),
    EventKind.RESUME: _("resumed"),
    EventKind.WITHDRAW: _("withdrew"),
    EventKind.DISMISS: _("dismissed"),
    EventKind.READMIT: _("readmitted"),
    EventKind.COMPLETE: _("completed"),
    EventKind.CHANGE_VERSION: _("changed version"),
    EventKind.CORRECT: _("an event withdrawn"),
}


ROW_FAULTS: Mapping[str, str | Promise] = {
    "twice": _("this learner number stands on an earlier line already; remove one of the two"),
    "missing": _("there is no learner number; write one"),
    "date_expected": _("this is no date; write it as 2026-09-01"),
    "date_year_is_short": _("write the year with four digits, such as 2026-09-01"),
    "date_too_early": _("this date is before 1900; write the day from which this person is enrolled"),
    "date_too_late": _("this date is after the end of next year; write an earlier day"),
    "too_many_columns": _("there are more columns than learner number and start; remove the others"),
    "too_many": _("the list is too long; divide it"),
    "empty": _("there is nobody on the list; write one learner number on each line"),
    "unknown_learner": _("no learner has this number; correct it, or create the learner first"),
    "own_record": _("this is your own record, and somebody else has to decide about it"),
    "in_another_version": _("this person is in the program already, in another version or under another record"),
    "closed_to_entry": _("the version takes nobody from that day on; choose an earlier day or another version"),
    "not_published": _("the version is not in force"),
}


def row_fault_in_words(fault: RowFault) -> str:
    """Return the text of a fault: line, column, what is wrong and how to mend it."""
    place = _now("Line %(line)d") % {"line": fault.line}
    if fault.column:
        place = f"{place}, {fault.column}"
    value = f" ({fault.value})" if fault.value else ""
    return f"{place}{value}: {ROW_FAULTS[fault.code]}."


REFUSALS: Mapping[type[Exception], str | Promise | Any] = {
    **labels.REFUSALS,
    RowsRefusedError: lambda refusal: " ".join(map(row_fault_in_words, refusal.faults)),
}
