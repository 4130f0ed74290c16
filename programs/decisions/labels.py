"""Texts of exceptions: what was excepted, why as a code, and the state of each."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.audit.labels import NO_NAMES, condition_in_words
from programs.audit.queries.trees import tree_of
from programs.audit.rules.requirements import Kind, Requirement
from programs.models import ExceptionReason, RequirementException

MAX_REQUEST = 500


def request_in_words(rows: Sequence[RequirementException]) -> str:
    """Return what a second registrar is asked: the decision, the requirement, the program, and for how many people."""
    first = rows[0]
    requirement = requirement_in_words(first)
    people = ngettext("%(count)s person", "%(count)s people", len(rows)) % {"count": len(rows)}
    words = _("%(decision)s: %(requirement)s, %(program)s (%(people)s)") % {
        "decision": first.get_kind_display(),
        "requirement": requirement,
        "program": first.enrollment.version.program,
        "people": people,
    }
    return words[:MAX_REQUEST]


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


def requirement_choices(
    tree: Requirement, applying: Collection[str], names: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return the requirements of a tree as choices, each below its group; only those whose keys apply."""
    return [
        (node.id, f"{'– ' * depth}{title_in_words(node, names)}")  # noqa: RUF001 - a dash
        for node, depth in _with_depth(tree, 0)
        if node.id in applying
    ]


def _with_depth(node: Requirement, depth: int) -> Iterator[tuple[Requirement, int]]:
    yield node, depth
    for child in node.children:
        yield from _with_depth(child, depth + 1)


def reason_outside(reason: str) -> str:
    """Return the reason of an exception as people outside the office read it: a code in words, or nothing.

    Health and personal circumstances never leave the office. They read as other reasons do, so that nobody can tell.
    """
    return str(ExceptionReason(reason).label) if reason in TOLD_OUTSIDE else ""


def code_outside(reason: str) -> str:
    """Return the code of the reason outside the office: `other` for all that never leaves it."""
    return reason if reason in TOLD_OUTSIDE else ExceptionReason.OTHER.value


TOLD_OUTSIDE = frozenset(
    {
        ExceptionReason.EQUIVALENT,
        ExceptionReason.EXPERIENCE,
        ExceptionReason.CURRICULUM,
        ExceptionReason.NOT_OFFERED,
        ExceptionReason.AGREEMENT,
        ExceptionReason.OFFICE,
    }
)


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
