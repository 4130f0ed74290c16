"""Texts of decisions: what a second registrar is asked, the requirements to choose from, and what does not count."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programs.audit.labels import reason_in_words
from programs.audit.rules.completion.eligibility import Reason
from programs.audit.rules.requirements import Requirement
from programs.awards.labels import requirement_in_words, title_in_words
from programs.decisions.queries import UncountedRecognition
from programs.models import RequirementException

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


def uncounted_in_words(uncounted: UncountedRecognition) -> str:
    """Return in which program a recognition does not count, toward what, why, and what a registrar can do."""
    places = {"program": uncounted.enrollment.version, "requirement": uncounted.requirement}
    where = _("toward “%(requirement)s” in %(program)s") if uncounted.requirement else _("in %(program)s")
    words = _("It does not count %(where)s: %(reason)s.") % {
        "where": where % places,
        "reason": reason_in_words(uncounted.reason),
    }
    return " ".join(part for part in (words, str(MENDS.get(uncounted.reason, ""))) if part)


MENDS: Mapping[Reason, str | Promise] = {
    Reason.NO_LEVEL: gettext_lazy(
        "Withdraw it, and record it with the level that was shown, or as accepted without a level with the reason."
    ),
    Reason.SCALE: gettext_lazy("Withdraw it, and record it with the level here to which it is equal."),
}
"""What can be done about a recognition that does not count: it is not rewritten, so it is recorded again."""


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
