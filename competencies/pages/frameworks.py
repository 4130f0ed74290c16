"""All frameworks, the tree of one, and one branch of it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from competencies.formats.markup import html_of, line_of
from competencies.pages.folding import everything, found_from, light, shown_in, small, upper_levels, way_to
from competencies.pages.language import language_attributes
from competencies.pages.outline import Outline, Step
from competencies.permissions import may_read_framework, may_read_frameworks
from competencies.queries import (
    FrameworkTree,
    competency_ids_matching,
    framework_among,
    framework_with_id,
    frameworks_after,
    frameworks_matching,
    key_in_tree,
    statements_of,
    tree_of,
)
from competencies.rules.tree import TreeNode, pruned
from core.access import access, anyone

PAGE_SIZE = 30
MAX_SEARCH_LENGTH = 200
MAX_START_DIGITS = 9


@access(anyone)
def frameworks(request: HttpRequest) -> HttpResponse:
    """The frameworks that this reader may see, by title, a page at a time."""
    words = _words(request)
    rows = frameworks_matching(words, include_unpublished=may_read_frameworks(request.user))
    after = framework_among(rows, _public_id(request.GET.get("after", "")))
    page = frameworks_after(rows, after, limit=PAGE_SIZE + 1)
    shown = page[:PAGE_SIZE]
    following = {"q": words, "after": shown[-1].public_id} if len(page) > PAGE_SIZE else {}
    more = "?" + urlencode(following) if following else ""
    listed = [(row, language_attributes(row.language)) for row in shown]
    return render(
        request, "competencies/frameworks.html", {"frameworks": listed, "words": words, "more": more, "after": after}
    )


@access(anyone)
def framework(request: HttpRequest, framework_id: UUID) -> HttpResponse:
    """One framework's tree: small ones whole, of large ones the upper levels (see pages/folding.py).

    `q` and `type` show what was looked for and what leads there, `open` the way to one item, `from` a later part of a
    long list, `whole` everything on one page: for printing.
    """
    tree = _tree(request, framework_id)
    language = get_language() or ""
    words, kind, start = _words(request), request.GET.get("type", ""), _start(request)
    found = _found(tree, words, kind) if words or kind else None
    nodes, next_start = tree.forest, 0
    if found is not None:
        page, next_start = found_from(tree, found, start=start)
        nodes = pruned(tree.forest, frozenset(page))
        shown = Outline(tree, {}, everything(nodes), found=frozenset(page), brief=True)
        outline = _with_statements(shown, nodes, language=language)
    else:
        outline = _outline(
            tree, start=start, to=_key_of(tree, request), everywhere="whole" in request.GET, language=language
        )
        if request.htmx:  # type: ignore[attr-defined]  # django-htmx
            return _fragment(request, outline.steps(nodes, below=None, loaded=True))
    row = tree.framework
    context: dict[str, Any] = {
        "framework": row,
        "language_attributes": language_attributes(row.language),
        "description": html_of(row.description) if row.description else "",
        "steps": outline.steps(nodes, below=None),
        "item_count": tree.item_count,
        "found_count": None if found is None else len(found),
        "folded": found is None and outline.brief,
        "words": words,
        "kind": kind,
        "kinds": sorted(set(tree.item_types.values()) - {""}),
        "earlier": _search(words, kind) if start and found is not None else "",
        "later": _search(words, kind, start=next_start) if next_start else "",
    }
    return _varied(render(request, "competencies/framework.html", context))


@access(anyone)
def branch(request: HttpRequest, framework_id: UUID, competency_id: UUID) -> HttpResponse:
    """What hangs below one competency: a page of its own, to htmx the branch to be put into the framework's page."""
    tree = _tree(request, framework_id)
    key = key_in_tree(tree, competency_id)
    if key is None:
        raise Http404
    node, start = tree.nodes[key], _start(request)
    windows = upper_levels(node.children, below=key, start=min(start, len(node.children)))
    path = tree.path_to(key)
    keys = {*path, key, *shown_in(node.children, windows, below=key)}
    statements = statements_of(tree, keys, language=get_language() or "")
    outline = Outline(tree, statements, windows, brief=True)
    if request.htmx:  # type: ignore[attr-defined]  # django-htmx
        steps = outline.steps(node.children, below=key, loaded=True) if start else outline.branch(node)
        return _fragment(request, steps)
    shown = statements[key]
    context: dict[str, Any] = {
        "framework": tree.framework,
        "competency": shown.row,
        "path": [(statements[each].row, line_of(statements[each].text)) for each in path],
        "title": line_of(shown.short or shown.text),
        "language_attributes": language_attributes(shown.language),
        "steps": outline.steps(node.children, below=key),
        "count": len(node.children),
    }
    return _varied(render(request, "competencies/branch.html", context))


def _fragment(request: HttpRequest, steps: Iterator[Step]) -> HttpResponse:
    """Items to be put into a list of an open page."""
    return _varied(render(request, "competencies/_steps.html", {"steps": steps}))


def _varied(response: HttpResponse) -> HttpResponse:
    """Whoever keeps an answer must not give the fragment to a reader, or the page to htmx."""
    patch_vary_headers(response, ["HX-Request"])
    return response


def _tree(request: HttpRequest, framework_id: UUID) -> FrameworkTree:
    row = framework_with_id(framework_id)
    if row is None or not may_read_framework(request, row):
        raise Http404
    return tree_of(row)


def _outline(tree: FrameworkTree, *, start: int, to: int | None, everywhere: bool, language: str) -> Outline:
    """The whole tree where it is light or wanted, else a part of it: the way `to` a key, or the upper levels."""
    if everywhere or small(tree):
        opened = frozenset() if to is None else frozenset({*tree.path_to(to), to})
        shown = _with_statements(
            Outline(tree, {}, everything(tree.forest), opened=opened), tree.forest, language=language
        )
        if everywhere or light(shown.statements.values()):
            return shown
    start = min(start, len(tree.forest))
    windows = upper_levels(tree.forest, below=None, start=start) if to is None else way_to(tree, to)
    return _with_statements(Outline(tree, {}, windows, brief=True), tree.forest, language=language)


def _with_statements(outline: Outline, nodes: Sequence[TreeNode[int]], *, language: str) -> Outline:
    """The outline with what its items say."""
    keys = set(shown_in(nodes, outline.windows, below=None))
    return replace(outline, statements=statements_of(outline.tree, keys, language=language))


def _found(tree: FrameworkTree, words: str, kind: str) -> frozenset[int]:
    """The keys in the tree that hold the words and are of the type."""
    keys = frozenset(tree.item_types)
    if words:
        keys &= competency_ids_matching(tree.framework, words)
    return frozenset(key for key in keys if not kind or tree.item_types[key] == kind)


def _key_of(tree: FrameworkTree, request: HttpRequest) -> int | None:
    """The key in the tree that `open` names."""
    public_id = _public_id(request.GET.get("open", ""))
    return key_in_tree(tree, public_id) if public_id else None


def _search(words: str, kind: str, *, start: int = 0) -> str:
    """The address of a page of what was found."""
    parameters = {"q": words, "type": kind, "from": start}
    return "?" + urlencode({name: value for name, value in parameters.items() if value})


def _start(request: HttpRequest) -> int:
    """The place in a list where the requested part begins; 0 for anything that is not a number."""
    text = request.GET.get("from", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_START_DIGITS else 0


def _words(request: HttpRequest) -> str:
    """The search term, without NUL: PostgreSQL refuses a text with one."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:MAX_SEARCH_LENGTH]


def _public_id(text: str) -> UUID | None:
    """The public id in a parameter of the address, or None when it is not a UUID."""
    try:
        return UUID(text)
    except ValueError:
        return None
