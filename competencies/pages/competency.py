"""One competency: what it says, where it stands, what it leads to and where it came from."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from competencies.formats.markup import html_of, line_of
from competencies.models import Equivalence, Kind
from competencies.pages.language import language_attributes, name_of
from competencies.permissions import may_read_framework, may_read_frameworks
from competencies.queries import (
    Neighbourhood,
    Reference,
    Statement,
    competency_with_revision,
    levels_of,
    neighbourhood_of,
    references_of,
    revisions_of,
)
from core.access import access, anyone

# A page lists no more children than this; the page of the branch goes on.
MAX_CHILDREN = 60

# What an edge is called from each of its ends.
OUTWARD: Mapping[str, Any] = {
    Kind.PEER_OF: _("Peers"),
    Kind.PART_OF: _("Part of"),
    Kind.EXACT_MATCH_OF: _("The same as"),
    Kind.PRECEDES: _("Comes before"),
    Kind.RELATED_TO: _("Related to"),
    Kind.REPLACED_BY: _("Replaced by"),
    Kind.EXEMPLAR: _("Examples"),
    Kind.SKILL_LEVEL: _("Skill levels"),
    Kind.TRANSLATION_OF: _("Translation of"),
}
INWARD: Mapping[str, Any] = {
    **OUTWARD,
    Kind.PART_OF: _("Parts"),
    Kind.PRECEDES: _("Comes after"),
    Kind.REPLACED_BY: _("Replaces"),
    Kind.EXEMPLAR: _("Example of"),
    Kind.SKILL_LEVEL: _("Skill level of"),
    Kind.TRANSLATION_OF: _("Translations"),
}


@access(anyone)
def competency(request: HttpRequest, framework_id: UUID, competency_id: UUID) -> HttpResponse:
    """The page of one competency, retired ones included: what rests on them still leads here."""
    row = competency_with_revision(framework_id, competency_id)
    if row is None or not may_read_framework(request, row.framework):
        raise Http404
    references = references_of(row, include_unpublished=may_read_frameworks(request.user))
    around = neighbourhood_of(row, language=get_language() or "", references=references, max_children=MAX_CHILDREN)
    shown = around.statements.get(row.pk)
    text = shown.text if shown else row.statement or row.short_statement or row.label or row.code
    spoken = shown.language if shown else row.language or row.framework.language
    title = line_of((shown.short if shown else row.short_statement) or text)
    revisions = revisions_of(row)
    current = revisions[0]
    levels = levels_of(current.scale) if current.scale else []
    context = {
        "competency": row,
        "framework": row.framework,
        "path": _lines(around.path),
        "title": title,
        "statement": html_of(text) if html_of(text) != f"<p>{escape(title)}</p>" else "",
        "language_attributes": language_attributes(spoken),
        "original": None if text == row.statement else (html_of(row.statement), language_attributes(row.language)),
        "notes": html_of(row.notes) if row.notes else "",
        "criteria": html_of(row.criteria) if row.criteria else "",
        "children": _lines(around.children),
        "child_count": around.child_count,
        "groups": _groups(references, around),
        "revisions": revisions,
        "scale": current.scale,
        "levels": levels,
        "spoken": name_of(spoken) if spoken else "",
    }
    return render(request, "competencies/competency.html", context)


def _lines(statements: Iterable[Statement]) -> list[tuple[Any, str]]:
    """Competencies, each with its line."""
    return [(each.row, line_of(each.text)) for each in statements]


def _groups(references: Iterable[Reference], around: Neighbourhood) -> list[tuple[str, list[dict[str, Any]]]]:
    """The references under what each kind is called from this side."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for reference in references:
        words = (OUTWARD if reference.outward else INWARD).get(reference.kind, reference.kind)
        groups.setdefault(str(words), []).append(_shown(reference, around))
    return list(groups.items())


def _shown(reference: Reference, around: Neighbourhood) -> dict[str, Any]:
    """The other end; in the reader's language where it belongs to the same framework."""
    row = reference.competency
    here = around.statements.get(row.pk) if row else None
    text = here.text if here else row.statement or str(row) if row else ""
    spoken = here.language if here else row.language or row.framework.language if row else ""
    uri = str(reference.link.get("uri", ""))
    return {
        "competency": row,
        "line": line_of(text),
        "language_attributes": language_attributes(spoken),
        "title": reference.link.get("title", ""),
        "uri": uri,
        "leads": uri.startswith(("https://", "http://")),
        "verdict": Equivalence(reference.equivalence).label if reference.equivalence else "",
    }
