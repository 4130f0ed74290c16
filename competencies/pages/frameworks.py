"""All frameworks, and the tree of one."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language

from competencies.formats.markup import html_of
from competencies.models import Framework
from competencies.pages.outline import outline_of
from competencies.pages.speech import speech
from competencies.permissions import reads_frameworks, sees_framework
from competencies.queries import FrameworkTree, counted, matching, tree_of
from competencies.rules.tree import kept
from config.base.access import access, anyone

PAGE = 30
LONGEST_SEARCH = 200


@access(anyone)
def frameworks(request: HttpRequest) -> HttpResponse:
    """The frameworks that this reader may see, by title, a page at a time."""
    words = _words(request)
    rows = Framework.objects.all() if reads_frameworks(request.user) else Framework.objects.public()
    for word in words.split()[:10]:
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(creator__icontains=word)
            | Q(publisher__icontains=word)
            | Q(description__icontains=word)
            | Q(subjects__icontains=word)
        )
    after = _key(request.GET.get("after", ""), rows)
    if after is not None:
        rows = rows.filter(Q(title__gt=after.title) | Q(title=after.title, pk__gt=after.pk))
    page = list(counted(rows).order_by("title", "pk")[: PAGE + 1])
    shown = page[:PAGE]
    following = {"q": words, "after": shown[-1].public_id} if len(page) > PAGE else {}
    more = "?" + urlencode(following) if following else ""
    listed = [(row, speech(row.language)) for row in shown]
    return render(
        request, "competencies/frameworks.html", {"frameworks": listed, "words": words, "more": more, "after": after}
    )


@access(anyone)
def framework(request: HttpRequest, framework_id: UUID) -> HttpResponse:
    """One framework's tree; with `q` or `type` only what was looked for and what leads there, with `open` one item."""
    row = get_object_or_404(Framework, public_id=framework_id)
    if not sees_framework(request, row):
        raise Http404
    tree = tree_of(row, language=get_language() or "")
    words = _words(request)
    kind = request.GET.get("type", "")
    found = _found(tree, words, kind) if words or kind else None
    forest = tree.forest if found is None else kept(tree.forest, found)
    opened = _opened(tree, request.GET.get("open", ""))
    context: dict[str, Any] = {
        "framework": row,
        "speech": speech(row.language),
        "description": html_of(row.description) if row.description else "",
        "steps": outline_of(tree, forest, found=found or frozenset(), opened=opened),
        "item_count": tree.item_count,
        "found_count": None if found is None else len(found),
        "words": words,
        "kind": kind,
        "kinds": sorted({each.row.item_type for each in tree.statements.values()} - {""}),
    }
    return render(request, "competencies/framework.html", context)


def _found(tree: FrameworkTree, words: str, kind: str) -> frozenset[int]:
    """The keys in the tree that hold the words and are of the type."""
    keys = matching(tree.framework, words) & tree.statements.keys() if words else frozenset(tree.statements)
    return frozenset(key for key in keys if not kind or tree.statements[key].row.item_type == kind)


def _opened(tree: FrameworkTree, public_id: str) -> frozenset[int]:
    """What must be open for the competency `public_id` to be seen."""
    key = next((key for key, each in tree.statements.items() if str(each.row.public_id) == public_id), None)
    parents = tree.parents()
    path = set()
    while key is not None:
        path.add(key)
        key = parents.get(key)
    return frozenset(path)


def _words(request: HttpRequest) -> str:
    """What is searched for; no text in the database holds a NUL, and none can be asked for."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]


def _key(text: str, rows: Any) -> Framework | None:  # noqa: ANN401 - a queryset of frameworks
    try:
        found: Framework | None = rows.filter(public_id=UUID(text)).first()
    except ValueError:
        return None
    return found
