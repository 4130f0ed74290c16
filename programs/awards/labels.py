"""Texts of exceptions: which requirement, by which act, since when, and whether it counts."""

from collections.abc import Mapping

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from programs.audit.labels import NO_NAMES, condition_in_words
from programs.audit.queries.trees import tree_of
from programs.audit.rules.requirements import Kind, Requirement
from programs.models import RequirementException


def requirement_in_words(row: RequirementException) -> str:
    """Return the title of the requirement that an exception is about; nothing where its version does not have it."""
    nodes = (node for node in tree_of(row.enrollment.version).walk() if node.id == row.node)
    return next((title_in_words(node) for node in nodes), "")


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


def state_in_words(row: RequirementException) -> str:
    """Return whether an exception counts, waits for approval, or was withdrawn."""
    if row.withdrawn_at is not None:
        return _("withdrawn on %(day)s") % {"day": date_format(row.withdrawn_at, "DATE_FORMAT")}
    if row.pending:
        return _("waits for approval: it does not count yet")
    return _("in force")


def days_in_words(row: RequirementException) -> str:
    """Return from and until which day an exception is in force; nothing where it has no limits."""
    starts = _("from %(day)s") % {"day": date_format(row.starts_on, "DATE_FORMAT")} if row.starts_on else ""
    ends = _("until %(day)s") % {"day": date_format(row.ends_on, "DATE_FORMAT")} if row.ends_on else ""
    return " ".join(part for part in (starts, ends) if part)


def exception_in_words(row: RequirementException) -> str:
    """Return an exception as one line for the office: decision, requirement, act, and reason as a code in words."""
    words = _("Exception: %(decision)s, %(requirement)s, %(act)s") % {
        "decision": row.get_kind_display(),
        "requirement": requirement_in_words(row),
        "act": act_in_words(row),
    }
    return f"{words} ({row.get_reason_display()})" if row.reason else words
