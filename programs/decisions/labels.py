"""Texts of exceptions: what a second registrar is asked, and the requirements that can be chosen."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.audit.rules.requirements import Requirement
from programs.awards.labels import requirement_in_words, title_in_words
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
