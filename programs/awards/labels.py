"""Texts of exceptions: which requirement, by which act, since when, and whether it counts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from programs.audit.labels import NO_NAMES, condition_in_words
from programs.audit.queries.trees import tree_of
from programs.audit.rules.requirements import Kind, Requirement
from programs.models import RequirementException
from programs.rules.exception_states import ExceptionState, exception_state

EXCEPTION_STATES: Mapping[ExceptionState, str | Promise] = {
    ExceptionState.IN_FORCE: gettext_lazy("in force"),
    ExceptionState.LATER: gettext_lazy("begins on %(day)s: it does not count yet"),
    ExceptionState.ENDED: gettext_lazy("ended on %(day)s: it counts no more"),
    ExceptionState.WAITS: gettext_lazy("waits for approval: it does not count yet"),
    ExceptionState.DECLINED: gettext_lazy("declined: it does not count"),
    ExceptionState.VOID: gettext_lazy("not approved, because what it was about has changed: it does not count"),
    ExceptionState.ELSEWHERE: gettext_lazy("the version has no such requirement: it does not count"),
    ExceptionState.WITHDRAWN: gettext_lazy("withdrawn on %(day)s"),
}


def requirement_in_words(row: RequirementException) -> str:
    """Return the title of the requirement that an exception is about, or that its version does not have it."""
    node = _requirement_of(row)
    return _("a requirement of another version") if node is None else title_in_words(node)


def _requirement_of(row: RequirementException) -> Requirement | None:
    return next((node for node in tree_of(row.enrollment.version).walk() if node.id == row.node), None)


def title_in_words(node: Requirement, names: Mapping[str, str] = NO_NAMES) -> str:
    """Return the title of a requirement; one without a title is named by what it asks for.

    `names` are titles of the ids that conditions compare with.
    """
    if node.title:
        return node.title
    if node.condition is not None:
        return _("What is asked for by the condition: %(condition)s") % {
            "condition": condition_in_words(node.condition, names)
        }
    if node.kind is Kind.CHOOSE:
        return _("Choose %(number)s of these") % {"number": node.n}
    return _("All of these") if node.children else _("credits")


def act_in_words(row: RequirementException) -> str:
    """Return by which act an exception was made: who decided when, and who approved it."""
    decided = {"person": row.decided_by, "day": date_format(row.decided_at, "DATE_FORMAT")}
    words = _("decided by %(person)s on %(day)s") % decided
    approval = row.approval
    if approval is None or approval.decided_at is None:
        return words
    approved = {"person": approval.decided_by, "day": date_format(approval.decided_at, "DATE_FORMAT")}
    return f"{words}, " + _("approved by %(person)s on %(day)s") % approved


def state_of_exception(row: Any, *, at: datetime) -> ExceptionState:  # noqa: ANN401 - with the columns of with_state
    """Return the state of an exception at an instant, by the civil date of the audits of its enrollment."""
    return exception_state(
        on=clock.civil_date(at, ZoneInfo(row.awarding_zone)),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        withdrawn=row.withdrawn_at is not None,
        unapproved=row.unapproved,
        outcome=row.outcome,
        in_version=_requirement_of(row) is not None,
    )


def state_in_words(row: Any, *, at: datetime) -> str:  # noqa: ANN401 - as above
    """Return whether an exception counts at an instant, and why not."""
    state = state_of_exception(row, at=at)
    day = {ExceptionState.WITHDRAWN: row.withdrawn_at, ExceptionState.ENDED: row.ends_on}.get(state, row.starts_on)
    return EXCEPTION_STATES[state] % {"day": date_format(day, "DATE_FORMAT") if day else ""}


def days_in_words(row: RequirementException) -> str:
    """Return from and until which day an exception is in force; nothing where it has no limits."""
    starts = _("from %(day)s") % {"day": date_format(row.starts_on, "DATE_FORMAT")} if row.starts_on else ""
    ends = _("until %(day)s") % {"day": date_format(row.ends_on, "DATE_FORMAT")} if row.ends_on else ""
    return " ".join(part for part in (starts, ends) if part)


OVER = frozenset({ExceptionState.ENDED, ExceptionState.WITHDRAWN})
"""The states of an exception that counted when an award was granted and counts no more."""


def exception_in_words(row: Any, *, at: datetime) -> str:  # noqa: ANN401 - with the columns of with_state
    """Return a ground of an award as one line for the office: decision, requirement, act, reason, and what came since.

    The reason is a code in words.
    """
    words = _("Exception: %(decision)s, %(requirement)s, %(act)s") % {
        "decision": row.get_kind_display(),
        "requirement": requirement_in_words(row),
        "act": act_in_words(row),
    }
    words = f"{words} ({row.get_reason_display()})" if row.reason else words
    if state_of_exception(row, at=at) not in OVER:
        return words
    return f"{words}. " + _("Since then: %(state)s") % {"state": state_in_words(row, at=at)}
